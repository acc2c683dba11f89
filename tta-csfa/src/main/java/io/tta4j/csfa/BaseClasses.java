package io.tta4j.csfa;

import io.tta4j.csfa.Known.Supported;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Optional;

/**
 * Where CSFA has the base classes from, and with them the space that classes are compared in: from the
 * {@linkplain SourceClasses source's data}, or {@linkplain StreamClasses without}. Immutable.
 */
sealed interface BaseClasses permits SourceClasses, StreamClasses {

    /** What is known before the stream begins, in a state of the step's. */
    State begin(AdaptableModel model, State state);

    /** The stream's features in the space of the prototypes: [N, D]. */
    Matrix place(Matrix features, StreamMoments stream);

    /** The mean that supports like the source's data are centred on: D values. */
    Vector origin(Known known);

    /** Where a class lies whose supports have this raw mean. */
    Supported support(Known known, Vector mean, Vector origin, int count);

    /**
     * How little samples look like any class, registered ones included: N values; larger is less.
     *
     * @param known what the prototypes are
     * @param projections of the placed features on the prototypes: [N, C + n]
     * @param cosines the same over the features' norms: [N, C + n]
     * @param logits [N, C]
     */
    Vector unknown(Known known, Matrix projections, Matrix cosines, Matrix logits);

    /**
     * By how much cosines to new and to base classes may differ for no other reason than that the mean which samples
     * are centred on is not yet well known; at least 0.
     */
    double originError(Known known);

    /** With supports where they lie from the stream's mean as it now is. */
    Known recentred(Known known);

    /** The width that features must have, if prototypes were made before. */
    Optional<Integer> width();
}
