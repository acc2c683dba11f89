package io.tta4j.engine;

import io.tta4j.model.AdaptableModel;

/** A model that says what its engine found in it. */
public interface InspectableModel extends AdaptableModel {

    /** What the engine found; there are no obstacles. */
    Inspection inspection();
}
