package io.tta4j.stream.report;

import io.tta4j.stream.metric.PairedDifference;
import io.tta4j.stream.metric.Spread;
import io.tta4j.stream.replay.ReplayResult;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * One method over several results; every stream counts the same, and every seed.
 *
 * @param method the method's name
 * @param streams how many streams there were, each at one seed or several
 * @param spread over seeds of the mean accuracy over streams, in percent
 * @param gain over the source model, the mean over all results
 * @param worstWindow the least accuracy in a window, in percent
 * @param ece the mean expected calibration error, in percent; empty where none was measured
 * @param cleanAccuracy the mean accuracy on clean images after the stream, in percent; empty where they were not looked
 *     at
 * @param cleanForgetting the mean loss against the source there, in points; likewise
 * @param adaptedShare of all samples, in percent
 * @param resets in all results together
 * @param relativeCost its time over the source model's, all results together
 * @param p50 the mean of the median latency of a batch, in milliseconds
 * @param p99 the largest 99th percentile, in milliseconds
 */
public record Summary(
        String method,
        int streams,
        Spread spread,
        PairedDifference gain,
        double worstWindow,
        OptionalDouble ece,
        OptionalDouble cleanAccuracy,
        OptionalDouble cleanForgetting,
        double adaptedShare,
        long resets,
        double relativeCost,
        double p50,
        double p99) {

    /** The mean of the accuracies, in percent. */
    public double accuracy() {
        return spread.mean();
    }

    /** The methods of a report in the order they first come in. */
    public static List<Summary> of(List<ReplayResult> results) {
        return results.stream()
                .map(ReplayResult::method)
                .distinct()
                .map(method -> ofMethod(results.stream()
                        .filter(result -> result.method().equals(method))
                        .toList()))
                .toList();
    }

    private static Summary ofMethod(List<ReplayResult> own) {
        double seconds = sum(own, ReplayResult::seconds);
        double sourceSeconds = sum(own, result -> result.seconds() / result.relativeCost());
        double samples = sum(own, ReplayResult::samples);
        return new Summary(
                own.get(0).method(),
                (int) own.stream()
                        .map(result -> result.setting() + '/' + result.corruption())
                        .distinct()
                        .count(),
                overSeeds(own),
                PairedDifference.mean(
                        own.stream().map(ReplayResult::besideSource).toList()),
                own.stream()
                        .mapToDouble(result -> result.scores().prequential().worst())
                        .min()
                        .orElseThrow(),
                own.stream()
                        .flatMap(result -> result.scores().calibration().stream())
                        .mapToDouble(calibration -> calibration.ece())
                        .average(),
                own.stream()
                        .flatMap(result -> result.cleanForgetting().stream())
                        .mapToDouble(clean -> clean.adapted().percent().orElseThrow())
                        .average(),
                own.stream()
                        .flatMap(result -> result.cleanForgetting().stream())
                        .mapToDouble(clean -> clean.points())
                        .average(),
                100 * sum(own, result -> result.learning().adaptedSamples()) / samples,
                own.stream().mapToLong(result -> result.learning().resets()).sum(),
                seconds / sourceSeconds,
                own.stream()
                        .mapToDouble(result -> result.latency().p50())
                        .average()
                        .orElseThrow(),
                own.stream().mapToDouble(result -> result.latency().p99()).max().orElseThrow());
    }

    private static Spread overSeeds(List<ReplayResult> own) {
        Map<Long, List<ReplayResult>> bySeed =
                own.stream().collect(Collectors.groupingBy(ReplayResult::seed, TreeMap::new, Collectors.toList()));
        return Spread.of(bySeed.values().stream()
                .mapToDouble(ofSeed -> ofSeed.stream()
                        .mapToDouble(ReplayResult::accuracy)
                        .average()
                        .orElseThrow())
                .toArray());
    }

    private static double sum(List<ReplayResult> results, ToDoubleFunction<ReplayResult> value) {
        return results.stream().mapToDouble(value).sum();
    }
}
