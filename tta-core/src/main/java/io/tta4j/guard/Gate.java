package io.tta4j.guard;

import io.tta4j.method.State;

/**
 * What comes before a step.
 *
 * @param open whether the batch may be adapted to
 * @param guard which guard holds it back, such as {@code driftGate}; empty if none does
 * @param state the state to go on with: as it was, with what the guards remember of the batch
 */
public record Gate(boolean open, String guard, State state) {

    static Gate open(State state) {
        return new Gate(true, "", state);
    }

    static Gate shut(String guard, State state) {
        return new Gate(false, guard, state);
    }
}
