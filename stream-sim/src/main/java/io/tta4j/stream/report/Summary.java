package io.tta4j.stream.report;

import io.tta4j.stream.replay.ReplayResult;
import java.util.List;

/**
 * One method over all streams of a report.
 *
 * @param method the method's name
 * @param accuracy the mean of its accuracies, in percent; every stream counts the same
 * @param relativeCost its time over the source model's, all streams together
 * @param p50 the mean over streams of the median latency of a batch, in milliseconds
 * @param p99 the largest 99th percentile of a stream, in milliseconds
 */
public record Summary(String method, double accuracy, double relativeCost, double p50, double p99) {

    /** The methods of a report in the order they first come in. */
    public static List<Summary> of(List<ReplayResult> results) {
        return results.stream()
                .map(ReplayResult::method)
                .distinct()
                .map(method -> of(method, results))
                .toList();
    }

    private static Summary of(String method, List<ReplayResult> results) {
        List<ReplayResult> own = results.stream()
                .filter(result -> result.method().equals(method))
                .toList();
        double seconds = own.stream().mapToDouble(ReplayResult::seconds).sum();
        double sourceSeconds = own.stream()
                .mapToDouble(result -> result.seconds() / result.relativeCost())
                .sum();
        return new Summary(
                method,
                own.stream().mapToDouble(ReplayResult::accuracy).average().orElseThrow(),
                seconds / sourceSeconds,
                own.stream()
                        .mapToDouble(result -> result.latency().p50())
                        .average()
                        .orElseThrow(),
                own.stream().mapToDouble(result -> result.latency().p99()).max().orElseThrow());
    }
}
