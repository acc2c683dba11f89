package io.tta4j.stream.report;

import io.tta4j.stream.metric.Spread;
import io.tta4j.stream.replay.ReplayResult;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The results for a terminal: a column a method, a row a stream with accuracies in percent, setting by setting, then
 * what they come to and the cost. Over several seeds, means and deviations. A class-incremental replay has a few rows a
 * session instead.
 */
public final class ConsoleTable {

    private final List<ReplayResult> results;
    private final List<Summary> methods;
    private final List<String> settings;
    private final TextTable table;

    private ConsoleTable(List<ReplayResult> results) {
        this.results = results;
        this.methods = Summary.of(results);
        this.settings = results.stream().map(ReplayResult::setting).distinct().toList();
        this.table = new TextTable(methods.size());
    }

    /** The table, each line ended. */
    public static String of(List<ReplayResult> results) {
        return new ConsoleTable(results).text();
    }

    private String text() {
        row("accuracy, %", methods, Summary::method);
        table.rule();
        if (results.stream().anyMatch(result -> result.incremental().isPresent())) {
            new IncrementalRows(results).addTo(table);
        } else {
            settings.forEach(this::addSetting);
        }
        table.rule();
        row("adapted to, %", methods, method -> Decimals.of(method.adaptedShare()));
        row("resets", methods, method -> String.valueOf(method.resets()));
        row("batches held back", methods, method -> count(method, ReplayResult.Learning::held));
        row("rollbacks", methods, method -> count(method, ReplayResult.Learning::rolledBack));
        row("cost", methods, method -> Decimals.of(method.relativeCost()) + "x");
        row("ms a batch, p50", methods, method -> Decimals.of(method.p50()));
        row("ms a batch, p99", methods, method -> Decimals.of(method.p99()));
        StringBuilder text = new StringBuilder(table.text());
        methods.forEach(method -> text.append(rejected(method)));
        return text.toString();
    }

    private void addSetting(String setting) {
        List<ReplayResult> own = results.stream()
                .filter(result -> result.setting().equals(setting))
                .toList();
        if (settings.size() > 1) {
            if (!settings.get(0).equals(setting)) {
                table.rule();
            }
            table.row(setting, List.of());
        }
        List<String> streams =
                own.stream().map(ReplayResult::corruption).distinct().toList();
        for (String stream : streams) {
            List<ReplayResult> ofStream = own.stream()
                    .filter(result -> result.corruption().equals(stream))
                    .toList();
            row(stream, Summary.of(ofStream), method -> spread(method.spread()));
        }
        List<Summary> summaries = Summary.of(own);
        if (streams.size() > 1) {
            table.rule();
            row("mean", summaries, method -> spread(method.spread()));
        }
        row(
                "gain over source",
                summaries,
                method -> Decimals.signed(method.gain().points()));
        row("  95 % from", summaries, method -> Decimals.signed(method.gain().low()));
        row("  95 % to", summaries, method -> Decimals.signed(method.gain().high()));
        row("worst window", summaries, method -> Decimals.of(method.worstWindow()));
        row("calibration error", summaries, method -> decimal(method.ece()));
        row("clean afterwards", summaries, method -> decimal(method.cleanAccuracy()));
        row("  forgotten", summaries, method -> decimal(method.cleanForgetting()));
    }

    /** An adaptation that the runtime threw away leaves no trace in the accuracies: say so. */
    private String rejected(Summary method) {
        long rejected = sum(method, ReplayResult.Learning::rejected);
        return rejected == 0
                ? ""
                : "%s: %d of %d adaptations failed or were refused, and were dropped\n"
                        .formatted(
                                method.method(),
                                rejected,
                                of(method).mapToInt(ReplayResult::batches).sum());
    }

    /** What guards did; nothing where they did nothing to any method. */
    private String count(Summary method, ToLongFunction<ReplayResult.Learning> what) {
        boolean any = results.stream().anyMatch(result -> what.applyAsLong(result.learning()) > 0);
        return any ? String.valueOf(sum(method, what)) : "";
    }

    private long sum(Summary method, ToLongFunction<ReplayResult.Learning> what) {
        return of(method)
                .mapToLong(result -> what.applyAsLong(result.learning()))
                .sum();
    }

    private Stream<ReplayResult> of(Summary method) {
        return results.stream().filter(result -> result.method().equals(method.method()));
    }

    /** Leaves the row out where no method has a value. */
    private void row(String label, List<Summary> summaries, Function<Summary, String> cell) {
        List<String> cells = new ArrayList<>();
        for (Summary method : methods) {
            cells.add(summaries.stream()
                    .filter(summary -> summary.method().equals(method.method()))
                    .map(cell)
                    .findFirst()
                    .orElse(""));
        }
        if (cells.stream().anyMatch(text -> !text.isEmpty())) {
            table.row(label, cells);
        }
    }

    /** The mean, and of several seeds the deviation. */
    static String spread(Spread spread) {
        return spread.deviation().isEmpty()
                ? Decimals.of(spread.mean())
                : Decimals.of(spread.mean())
                        + " +-"
                        + Decimals.of(spread.deviation().getAsDouble());
    }

    private static String decimal(OptionalDouble value) {
        return value.isPresent() ? Decimals.of(value.getAsDouble()) : "";
    }
}
