package io.tta4j;

/** When an {@link AdaptiveModel} takes its steps. */
public enum Execution {

    /**
     * Within the request: {@code predict} returns after the step that it led to. The same requests in the same order
     * give the same bits.
     */
    INLINE,

    /**
     * Beside the requests: {@code predict} returns after its forward pass and never waits for a step. A thread of the
     * model's own gathers requests and learns from them while none is being answered.
     */
    BACKGROUND
}
