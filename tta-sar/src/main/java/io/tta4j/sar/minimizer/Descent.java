package io.tta4j.sar.minimizer;

import io.tta4j.method.StepReport;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;

/**
 * What a minimizer found.
 *
 * @param here the loss at theta, over S1
 * @param adapted |S2|, how many samples the gradient is a mean over; 0 if there is nothing to learn from
 * @param loss the mean loss over those samples in nats; empty if there were none
 * @param gradient the gradient to step along, P values; zero if there was no sample
 */
public record Descent(ReliableLoss.Value here, int adapted, OptionalDouble loss, Vector gradient) {

    /** Nothing to learn from: a zero gradient. */
    public static Descent none(ReliableLoss.Value here) {
        return new Descent(
                here, 0, OptionalDouble.empty(), Vector.zeros(here.gradient().size()));
    }

    /** |S1|, how many samples were reliable at theta. */
    public int reliable() {
        return here.samples();
    }

    /** Whether there was nothing to learn from. */
    public boolean isEmpty() {
        return adapted == 0;
    }

    /**
     * The report of a step along this gradient.
     *
     * @param samples N, the rows of the pass
     * @param reset whether the recovery policy put the state back to the source after it
     */
    public StepReport report(int samples, boolean reset) {
        return new StepReport(samples, reliable(), adapted, loss, reset);
    }
}
