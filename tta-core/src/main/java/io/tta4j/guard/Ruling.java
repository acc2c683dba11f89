package io.tta4j.guard;

import io.tta4j.method.State;

/**
 * What comes of a step.
 *
 * @param publish the state to go on with, what the guards remember in it; where the outcome is {@link Outcome#RESET},
 *     the one that {@link io.tta4j.method.Method#reset} is to start from
 * @param outcome what became of the step
 * @param guard which guard decided so, such as {@code finite}; empty if the step stands
 * @param reason what was found and what was expected; empty if the step stands
 */
public record Ruling(State publish, Outcome outcome, String guard, String reason) {

    /** What became of a step. */
    public enum Outcome {
        /** It stands. */
        PUBLISHED,

        /** It stands, but theta was brought back to a bound. */
        BOUNDED,

        /** It was refused; the state before it stands. */
        REJECTED,

        /** Theta goes back to the source. */
        RESET,

        /** The state goes back to the last one that was found good. */
        ROLLED_BACK
    }

    static Ruling published(State state) {
        return new Ruling(state, Outcome.PUBLISHED, "", "");
    }

    /** Whether there is nothing more to judge: what the step made is not what will be published. */
    boolean isFinal() {
        return outcome != Outcome.PUBLISHED && outcome != Outcome.BOUNDED;
    }
}
