package io.tta4j.sar.minimizer;

import io.tta4j.model.Pass;
import io.tta4j.model.Vector;

/** Finds the gradient that a step descends along. Implementations are immutable and safe for use by many threads. */
@FunctionalInterface
public interface Minimizer {

    /**
     * The gradient to step along.
     *
     * @param loss what to minimise
     * @param pass an open pass at {@code theta}; stays open
     * @param theta the current parameters, P values
     */
    Descent descend(ReliableLoss loss, Pass pass, Vector theta);

    /** Plain gradient descent: the gradient at theta itself. */
    static Minimizer plain() {
        return (loss, pass, theta) -> loss.at(pass).descent();
    }
}
