package io.tta4j.stream.replay;

import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.metric.CleanForgetting;
import io.tta4j.stream.metric.Collapse;
import io.tta4j.stream.metric.PairedDifference;
import java.util.List;
import java.util.Optional;

/**
 * How one method fared on one stream, from the source state on.
 *
 * @param method the method's name
 * @param setting the setting's name, such as {@code mild}
 * @param seed what the setting drew by
 * @param corruption the corruption, or {@code mixed}
 * @param fingerprint of the labels and pixels that were shown, in order: two results with the same one can be compared
 *     image by image
 * @param samples images answered, those included whose class was not introduced yet
 * @param batches requests
 * @param scores of the answers
 * @param source the scores of the source model on the same stream
 * @param learning what the method did
 * @param domainChanges where the corruption changes, the first image included; empty where it changes more often than
 *     there are batches
 * @param pace how the method kept up; empty where the stream waited
 * @param latency of a batch, answer and adaptation together
 * @param seconds in all batches together
 * @param relativeCost {@code seconds} over those of the source model on the same stream
 * @param incremental what a class-incremental stream says beyond that
 * @param gallery a few images and what was answered, the same for all methods: under each corruption the last ones that
 *     some method answered differently from the source, or else the last ones; empty on class-incremental streams
 */
public record ReplayResult(
        String method,
        String setting,
        long seed,
        String corruption,
        String fingerprint,
        int samples,
        int batches,
        Scores scores,
        Scores source,
        Learning learning,
        List<DomainChange> domainChanges,
        Optional<Pace> pace,
        Latency latency,
        double seconds,
        double relativeCost,
        Optional<IncrementalResult> incremental,
        List<AnsweredImage> gallery) {

    /**
     * What a method did on a stream.
     *
     * @param reliableSamples samples that passed its filter before a step
     * @param adaptedSamples samples that the applied gradients were means over, summed over steps
     * @param resets times that it, or a guard, put the model back to its source
     * @param rejected adaptations that the runtime threw away
     * @param held batches that guards held back, and that were not adapted to
     * @param rolledBack times that guards put the state back to the last good one
     */
    public record Learning(
            long reliableSamples, long adaptedSamples, long resets, long rejected, long held, long rolledBack) {}

    /**
     * A distribution of durations, in milliseconds.
     *
     * @param p50 the median
     * @param p90 what 90 of 100 stay below
     * @param p99 what 99 of 100 stay below
     * @param max the largest
     */
    public record Latency(double p50, double p90, double p99, double max) {}

    public ReplayResult {
        domainChanges = List.copyOf(domainChanges);
        gallery = List.copyOf(gallery);
    }

    /** Images whose label was the answer. */
    public int correct() {
        return scores.hits().count();
    }

    /** The share of correct answers among the images whose class was known by then, in percent. */
    public double accuracy() {
        return scores.hits().accuracy().percent().orElseThrow();
    }

    /** By how much that is above the source model's. */
    public PairedDifference gain() {
        return PairedDifference.of(scores.hits(), source.hits());
    }

    /** The pair that the gain is of. */
    public PairedDifference.Pair besideSource() {
        return new PairedDifference.Pair(scores.hits(), source.hits());
    }

    /** Whether the method came to answer few classes only. */
    public Collapse collapse() {
        return Collapse.of(scores.predicted(), source.predicted());
    }

    /** The entropy of the source model's predictions in each window, in nats. */
    public List<Double> sourceEntropies() {
        return source.predicted().stream().map(ClassCounts::entropy).toList();
    }

    /** What was lost on clean images; empty where they were not looked at. */
    public Optional<CleanForgetting> cleanForgetting() {
        return scores.clean().flatMap(adapted -> source.clean().map(before -> new CleanForgetting(adapted, before)));
    }

    /** Samples answered, and adapted to, in a second. */
    public double samplesPerSecond() {
        return samples / seconds;
    }
}
