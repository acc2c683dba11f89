package io.tta4j.sar.minimizer;

import io.tta4j.method.StepReport;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;

/**
 * What a minimizer found.
 *
 * @param reliable |S1|, how many samples were reliable at theta
 * @param adapted |S2|, how many samples the gradient is a mean over; 0 if there is nothing to learn from
 * @param loss the mean loss over those samples in nats; empty if there were none
 * @param gradient the gradient to step along, P values; zero if there was no sample
 */
public record Descent(int reliable, int adapted, OptionalDouble loss, Vector gradient) {

    /** Nothing to learn from: a zero gradient of P values. */
    public static Descent none(int reliable, int parameters) {
        return new Descent(reliable, 0, OptionalDouble.empty(), Vector.zeros(parameters));
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
        return new StepReport(samples, reliable, adapted, loss, reset);
    }
}
