package io.tta4j.method;

import java.util.OptionalDouble;

/**
 * What one call of {@link Method#adapt} did.
 *
 * @param samples N, the rows of the pass
 * @param reliable how many samples passed the filter at theta, |S1|
 * @param adaptedSamples how many samples the applied gradient was a mean over, |S2|; 0 if no step was taken
 * @param loss the mean loss over those samples, in nats; empty if there were none
 * @param reset whether the recovery policy put the state back to the source
 */
public record StepReport(int samples, int reliable, int adaptedSamples, OptionalDouble loss, boolean reset) {

    /** No step was taken. */
    public static StepReport skipped(int samples, int reliable) {
        return new StepReport(samples, reliable, 0, OptionalDouble.empty(), false);
    }

    /** The same, with a reset if there was one after it. */
    public StepReport andReset(boolean after) {
        return new StepReport(samples, reliable, adaptedSamples, loss, reset || after);
    }
}
