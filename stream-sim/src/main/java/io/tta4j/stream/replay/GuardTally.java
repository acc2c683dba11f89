package io.tta4j.stream.replay;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;

/** Counts what guards did to a stream, as far as the runtime's counters do not. By one thread, as a replay is. */
final class GuardTally {

    private int held;
    private int rolledBack;

    /** Listens from now on. */
    GuardTally(Events events) {
        events.on(RuntimeEvent.Held.class, event -> held++);
        events.on(RuntimeEvent.RolledBack.class, event -> rolledBack++);
    }

    /** Batches that were not adapted to. */
    int held() {
        return held;
    }

    /** How often a state went back to the last good one. */
    int rolledBack() {
        return rolledBack;
    }
}
