package io.tta4j.method;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;

/**
 * A test-time adaptation method: two pure functions over an immutable {@link State}. Implementations hold settings only
 * and are safe for use by many threads.
 */
public interface Method {

    /** The name that settings and reports use, such as {@code sar}. */
    String name();

    /**
     * Whether the method learns from the stream. One that does not is served without keeping anything for a pullback.
     */
    default boolean adapts() {
        return true;
    }

    /**
     * Where the method wants batch norm to take its means and variances from. The runtime adapts and serves the view of
     * the model {@linkplain AdaptableModel#withStatistics under these statistics}; whoever calls a method directly does
     * the same.
     */
    default Statistics statistics() {
        return Statistics.SOURCE;
    }

    /** The state before the first request: the model as it was trained. */
    default State initial(AdaptableModel model) {
        return State.of(model.source());
    }

    /**
     * The state after a reset: what was learned from the stream is forgotten, what was told is kept. By default the
     * {@linkplain #initial first} state.
     */
    default State reset(AdaptableModel model, State state) {
        return initial(model);
    }

    /** What the request gets. Cheap: it is on the request's path. By default the pass's logits. */
    default Answer answer(Pass pass, State state) {
        return new Answer(pass.logits(), pass.output());
    }

    /**
     * One adaptation step. Changes nothing but what it returns.
     *
     * @param model the model, for its layout and its source parameters
     * @param pass an open pass at {@code state.theta()}; stays open
     * @param state the state that the pass was made with
     */
    Adaptation adapt(AdaptableModel model, Pass pass, State state);
}
