package io.tta4j.cache;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.snapshot.Snapshot;
import io.tta4j.snapshot.SnapshotException;
import java.util.Map;

/**
 * What the saved states must go with.
 *
 * @param fingerprint the model's
 * @param method the method's name
 * @param parameters P, the size of the model's theta
 */
public record Origin(String fingerprint, String method, int parameters) {

    public static Origin of(AdaptableModel model, String method) {
        return new Origin(model.fingerprint(), method, model.layout().size());
    }

    Snapshot snapshot(State state, Map<String, Long> counters) {
        return new Snapshot(fingerprint, method, state, counters);
    }

    void requireOf(Snapshot snapshot) throws SnapshotException {
        snapshot.requireFits(fingerprint, method, parameters);
    }
}
