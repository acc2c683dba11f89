package io.tta4j.guard;

import io.tta4j.method.State;

/** Judges steps by one measure. Implementations are immutable and safe for use by many threads. */
interface StepGuard {

    /** What events call it. */
    String name();

    /** Judges a step; what it remembers is in the ruling's state. */
    Ruling judge(Step step);

    default Ruling rejected(State publish, String reason) {
        return new Ruling(publish, Ruling.Outcome.REJECTED, name(), reason);
    }

    default Ruling reset(State publish, String reason) {
        return new Ruling(publish, Ruling.Outcome.RESET, name(), reason);
    }
}
