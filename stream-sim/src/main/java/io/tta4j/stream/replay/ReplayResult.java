package io.tta4j.stream.replay;

import java.util.List;
import java.util.Optional;

/**
 * How one method fared on one stream, from the source state on.
 *
 * @param method the method's name
 * @param setting the setting's name, such as {@code mild}
 * @param corruption the corruption, or {@code mixed}
 * @param samples images answered, those included whose class was not introduced yet
 * @param correct images whose label was the class with the largest logit
 * @param batches requests
 * @param adaptedSamples samples that the applied gradients were means over, summed over steps
 * @param resets times that the method put the model back to its source
 * @param rejected adaptations that the runtime threw away
 * @param latency of a batch, answer and adaptation together
 * @param seconds in all batches together
 * @param relativeCost {@code seconds} over those of the source model on the same stream
 * @param windows the accuracy over every {@value Replay#BATCHES_PER_WINDOW} batches, in percent; the last may be
 *     shorter
 * @param incremental what a class-incremental stream says beyond that
 */
public record ReplayResult(
        String method,
        String setting,
        String corruption,
        int samples,
        int correct,
        int batches,
        long adaptedSamples,
        long resets,
        long rejected,
        Latency latency,
        double seconds,
        double relativeCost,
        List<Double> windows,
        Optional<IncrementalResult> incremental) {

    /**
     * A distribution of durations.
     *
     * @param p50 the median, in milliseconds
     * @param p99 what 99 of 100 stay below, in milliseconds
     */
    public record Latency(double p50, double p99) {}

    public ReplayResult {
        windows = List.copyOf(windows);
    }

    /** The share of correct answers among the images whose class was known by then, in percent. */
    public double accuracy() {
        return 100.0
                * correct
                / (samples - incremental.map(IncrementalResult::unnamed).orElse(0));
    }

    /** Samples answered, and adapted to, in a second. */
    public double samplesPerSecond() {
        return samples / seconds;
    }
}
