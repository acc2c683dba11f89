package io.tta4j.sar.recovery;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;

/**
 * Decides after each step whether the state went astray and puts it back to the source if so. Implementations are
 * immutable and safe for use by many threads.
 */
@FunctionalInterface
public interface Recovery {

    /**
     * Watches one step.
     *
     * @param stepped the state after the step
     * @param loss the mean loss that the step minimised, in nats; empty if no step was taken
     * @param source theta as the model was trained
     */
    Outcome after(State stepped, OptionalDouble loss, Vector source);

    /**
     * What came of it.
     *
     * @param state the state to go on with
     * @param reset whether theta is back at the source
     */
    record Outcome(State state, boolean reset) {}
}
