package io.tta4j.stream.report;

import io.tta4j.stream.replay.ReplayResult;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The results for a terminal: a row a stream, a column a method, accuracies in percent, then the mean and the cost. */
public final class ConsoleTable {

    private static final int LEAST_WIDTH = 9;

    private final List<ReplayResult> results;
    private final List<Summary> methods;
    private final List<String> streams;
    private final int labelWidth;
    private final int width;
    private final StringBuilder text = new StringBuilder();

    private ConsoleTable(List<ReplayResult> results) {
        this.results = results;
        this.methods = Summary.of(results);
        this.streams = results.stream().map(ReplayResult::corruption).distinct().toList();
        this.labelWidth = Math.max(
                "ms a batch, p50".length(),
                streams.stream().mapToInt(String::length).max().orElse(0));
        this.width = Math.max(
                LEAST_WIDTH,
                2
                        + methods.stream()
                                .mapToInt(method -> method.method().length())
                                .max()
                                .orElse(0));
    }

    /** The table, each line ended. */
    public static String of(List<ReplayResult> results) {
        return new ConsoleTable(results).text();
    }

    private String text() {
        row("accuracy, %", Summary::method);
        rule();
        for (String stream : streams) {
            row(stream, method -> decimal(accuracy(method.method(), stream)));
        }
        if (streams.size() > 1) {
            rule();
            row("mean", method -> decimal(method.accuracy()));
        }
        rule();
        row("cost", method -> decimal(method.relativeCost()) + "x");
        row("ms a batch, p50", method -> decimal(method.p50()));
        row("ms a batch, p99", method -> decimal(method.p99()));
        methods.forEach(this::rejected);
        return text.toString();
    }

    /** An adaptation that the runtime threw away leaves no trace in the accuracies: say so. */
    private void rejected(Summary method) {
        List<ReplayResult> ofMethod = results.stream()
                .filter(result -> result.method().equals(method.method()))
                .toList();
        long rejected = ofMethod.stream().mapToLong(ReplayResult::rejected).sum();
        if (rejected > 0) {
            text.append("%s: %d of %d adaptations failed or were not finite, and were dropped\n"
                    .formatted(
                            method.method(),
                            rejected,
                            ofMethod.stream().mapToInt(ReplayResult::batches).sum()));
        }
    }

    private void row(String label, Function<Summary, String> cell) {
        text.append(pad(label, -labelWidth));
        methods.forEach(method -> text.append(pad(cell.apply(method), width)));
        text.append('\n');
    }

    private void rule() {
        text.append("-".repeat(labelWidth + methods.size() * width)).append('\n');
    }

    private double accuracy(String method, String stream) {
        return results.stream()
                .filter(result ->
                        result.method().equals(method) && result.corruption().equals(stream))
                .findFirst()
                .orElseThrow()
                .accuracy();
    }

    /** Right-aligned to a positive width, left-aligned to a negative one. */
    private static String pad(String cell, int width) {
        return String.format(Locale.ROOT, "%" + width + "s", cell);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
