package io.tta4j.sar.recovery;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import io.tta4j.sar.minimizer.Sgd;
import java.util.OptionalDouble;

/**
 * Resets on collapse: an entropy that has become tiny on average means that the model predicts the same few classes
 * whatever it sees (SAR, Niu et al., ICLR 2023, section 4, "model recovery scheme").
 *
 * <p>Keeps {@code e <- 0.9 e + 0.1 loss}; the first loss sets it. Where {@code e} falls below the threshold, theta goes
 * back to the source and the momentum and e are forgotten; anything else in the state stays.
 *
 * @param threshold e_m in nats; 0 never resets
 * @param compat whether a reset leaves the momentum and the average as they were, as the official code does; the
 *     average then stays below the threshold for a while and resets again and again
 */
public record LossAverageReset(double threshold, boolean compat) implements Recovery {

    /** The state's scalar that holds e, in nats. */
    public static final String LOSS_AVERAGE = "lossAverage";

    /** How much of the average is kept at each step. */
    private static final double DECAY = 0.9;

    @Override
    public Outcome after(State stepped, OptionalDouble loss, Vector source) {
        State averaged = loss.isPresent() ? average(stepped, loss.getAsDouble()) : stepped;
        OptionalDouble average = averaged.scalar(LOSS_AVERAGE);
        boolean collapsed = average.isPresent() && average.getAsDouble() < threshold;
        if (!collapsed) {
            return new Outcome(averaged, false);
        }
        return new Outcome((compat ? averaged : forget(averaged)).withTheta(source), true);
    }

    private static State average(State state, double loss) {
        OptionalDouble before = state.scalar(LOSS_AVERAGE);
        double after = before.isPresent() ? DECAY * before.getAsDouble() + (1 - DECAY) * loss : loss;
        return state.with(LOSS_AVERAGE, after);
    }

    private static State forget(State state) {
        return state.without(Sgd.MOMENTUM).without(LOSS_AVERAGE);
    }
}
