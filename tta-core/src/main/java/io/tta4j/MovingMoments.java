package io.tta4j;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.BatchNorms;
import io.tta4j.model.ModelException;
import io.tta4j.model.Moments;
import io.tta4j.model.Observation;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import java.util.Optional;

/**
 * The statistics of batch norm that move with a stream: the {@linkplain State#moments moments} of its state, which the
 * method knows nothing of. It sees a model that stands on them.
 */
final class MovingMoments {

    /**
     * Single images, clean and corrupted, were at most 6.3, batches of 64 at most 1.8; pixels in 0..255 were 130,000.
     */
    private static final double FARTHEST = 25;

    private final BatchNorms norms;
    private final Moments source;
    private final Vector rates;

    private MovingMoments(BatchNorms norms, double window) {
        this.norms = norms;
        this.source = norms.source();
        this.rates = norms.rates(window);
    }

    /**
     * What moves; empty where nothing is to.
     *
     * @throws ModelException if the model has no batch norm that could
     */
    static Optional<MovingMoments> of(AdaptableModel model, Statistics statistics) {
        if (statistics.window().isEmpty()
                || (statistics.whereThereAre() && model.batchNorms().isEmpty())) {
            return Optional.empty();
        }
        BatchNorms norms = model.batchNorms()
                .orElseThrow(() -> new ModelException(
                        "batch norm must be in the model for statistics '%s', but there is none whose statistics can move; leave statistics at source"
                                .formatted(statistics)));
        return Optional.of(new MovingMoments(norms, statistics.window().getAsDouble()));
    }

    /** A state on the source's moments. */
    State onSource(State state) {
        return on(source, state);
    }

    /** A state on these moments. */
    State on(Moments moments, State state) {
        return state.with(moments);
    }

    /** The moments of a state. */
    Moments of(State state) {
        return state.moments().orElse(source);
    }

    /** A model on the moments of a state. */
    AdaptableModel model(AdaptableModel model, State state) {
        return model.withMoments(of(state));
    }

    /**
     * Why a batch is not to move the moments of a state, nor to be learned from: its own are five deviations from the
     * source's, which no imaging explains, and which a window would take long to forget.
     *
     * @param moved what {@link #observe} made of the state's
     */
    Optional<Fault> refusal(State before, Moments moved, int rows) {
        if (!moved.isFinite()) {
            return Optional.of(Fault.notFinite("batch norm's moving statistics"));
        }
        double distance = norms.distance(moved.part(of(before), BatchNorms.weights(rates, rows)));
        return distance <= FARTHEST
                ? Optional.empty()
                : Optional.of(new Fault(
                        "statistics",
                        "the mean square of what batch norm is given must be at most %.0f times the source's variance, but was %.3g times; are the inputs scaled as in training?"
                                .formatted(FARTHEST, distance),
                        Optional.empty()));
    }

    /** Moves the moments of a state with a batch. */
    Observation observe(AdaptableModel model, Batch batch, State state) {
        return model.observe(batch, state.theta(), of(state), rates);
    }
}
