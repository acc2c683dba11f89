package io.tta4j;

/** What an {@link AdaptiveModel} does with what it sees. Can be changed while it serves. */
public enum Mode {

    /** Serves the adapted state and goes on learning. */
    ADAPTING,

    /**
     * Serves the model as it was trained, and lets a copy of the state learn: what adaptation would do, without doing
     * it. Each step is told as {@link io.tta4j.event.RuntimeEvent.Shadowed}. The copy starts as the stream's state with
     * the first request in this mode, goes on whenever the mode comes back, and is forgotten on reset.
     */
    SHADOW,

    /** Serves the adapted state and learns nothing. */
    FROZEN,

    /** Serves the untouched model as it was trained; the adapted state waits. Registered classes do not answer. */
    DISABLED;

    /** Whether a request is learned from. */
    boolean learns() {
        return this == ADAPTING || this == SHADOW;
    }
}
