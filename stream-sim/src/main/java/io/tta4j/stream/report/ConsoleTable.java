package io.tta4j.stream.report;

import io.tta4j.stream.replay.ReplayResult;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The results for a terminal: a row a stream, a column a method, accuracies in percent (means, where a stream was
 * replayed with several seeds), then the mean and the cost. A class-incremental replay has a few rows a session
 * instead, and means over its seeds.
 */
public final class ConsoleTable {

    private final List<ReplayResult> results;
    private final List<Summary> methods;
    private final List<String> streams;
    private final TextTable table;

    private ConsoleTable(List<ReplayResult> results) {
        this.results = results;
        this.methods = Summary.of(results);
        this.streams = results.stream().map(ReplayResult::corruption).distinct().toList();
        this.table = new TextTable(methods.size());
    }

    /** The table, each line ended. */
    public static String of(List<ReplayResult> results) {
        return new ConsoleTable(results).text();
    }

    private String text() {
        row("accuracy, %", Summary::method);
        table.rule();
        if (results.stream().anyMatch(result -> result.incremental().isPresent())) {
            new IncrementalRows(results).addTo(table);
        } else {
            accuracies();
        }
        table.rule();
        row("cost", method -> decimal(method.relativeCost()) + "x");
        row("ms a batch, p50", method -> decimal(method.p50()));
        row("ms a batch, p99", method -> decimal(method.p99()));
        StringBuilder text = new StringBuilder(table.text());
        methods.forEach(method -> text.append(rejected(method)));
        return text.toString();
    }

    private void accuracies() {
        for (String stream : streams) {
            row(stream, method -> decimal(accuracy(method.method(), stream)));
        }
        if (streams.size() > 1) {
            table.rule();
            row("mean", method -> decimal(method.accuracy()));
        }
    }

    /** An adaptation that the runtime threw away leaves no trace in the accuracies: say so. */
    private String rejected(Summary method) {
        List<ReplayResult> ofMethod = results.stream()
                .filter(result -> result.method().equals(method.method()))
                .toList();
        long rejected = ofMethod.stream().mapToLong(ReplayResult::rejected).sum();
        return rejected == 0
                ? ""
                : "%s: %d of %d adaptations failed or were not finite, and were dropped\n"
                        .formatted(
                                method.method(),
                                rejected,
                                ofMethod.stream()
                                        .mapToInt(ReplayResult::batches)
                                        .sum());
    }

    private void row(String label, Function<Summary, String> cell) {
        table.row(label, methods.stream().map(cell).toList());
    }

    private double accuracy(String method, String stream) {
        return results.stream()
                .filter(result ->
                        result.method().equals(method) && result.corruption().equals(stream))
                .mapToDouble(ReplayResult::accuracy)
                .average()
                .orElseThrow();
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
