package io.tta4j.stream.report;

import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.metric.Spread;
import io.tta4j.stream.replay.IncrementalResult;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.SessionResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rows of class-incremental results: for each session (or corruption, where there is one session) its measures,
 * then those of the whole. Means over seeds; of the whole their deviation too.
 */
final class IncrementalRows {

    private static final Map<String, Function<BaseNovel, OptionalDouble>> ACCURACIES = new LinkedHashMap<>();

    static {
        ACCURACIES.put("base", accuracy -> accuracy.base().percent());
        ACCURACIES.put("novel", accuracy -> accuracy.novel().percent());
        ACCURACIES.put("all", accuracy -> accuracy.all().percent());
        ACCURACIES.put("harmonic mean", BaseNovel::harmonicMean);
    }

    private final List<ReplayResult> results;
    private final List<String> methods;
    private final Map<Long, List<ReplayResult>> seeds;

    IncrementalRows(List<ReplayResult> results) {
        this.results = results;
        this.methods = results.stream().map(ReplayResult::method).distinct().toList();
        this.seeds = results.stream()
                .collect(
                        Collectors.groupingBy(result -> incremental(result).seed(), TreeMap::new, Collectors.toList()));
    }

    void addTo(TextTable table) {
        List<String> streams =
                results.stream().map(ReplayResult::corruption).distinct().toList();
        for (String stream : streams) {
            List<ReplayResult> ofStream = results.stream()
                    .filter(result -> result.corruption().equals(stream))
                    .toList();
            List<SessionResult> sessions = incremental(ofStream.get(0)).sessions();
            for (int session = 0; session < sessions.size(); session++) {
                table.row(sessions.size() == 1 ? stream : heading(session, sessions.get(session)), List.of());
                addSession(table, ofStream, session);
            }
        }
        table.rule();
        table.row(seeds.size() == 1 ? "whole" : "whole, %d seeds".formatted(seeds.size()), List.of());
        ACCURACIES.forEach((label, accuracy) -> addWhole(table, label, result -> accuracy.apply(result.accuracy())));
        addWhole(table, "drop, points", IncrementalResult::drop);
        addWhole(table, "forgetting, points", IncrementalResult::forgetting);
        addWhole(table, "unknown AUROC, %", result -> percent(result.auroc()));
        addWhole(table, "unknown FPR95, %", result -> percent(result.fpr95()));
    }

    private static String heading(int session, SessionResult result) {
        String introduced = result.introduced().isEmpty()
                ? ""
                : " + " + result.introduced().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "session %d%s (%s)".formatted(session, introduced, String.join(", ", result.corruptions()));
    }

    private void addSession(TextTable table, List<ReplayResult> ofStream, int session) {
        ACCURACIES.forEach((label, accuracy) ->
                addMeans(table, label, ofStream, session, result -> accuracy.apply(result.accuracy())));
        addMeans(table, "forgetting, points", ofStream, session, SessionResult::forgetting);
        addMeans(table, "unknown AUROC, %", ofStream, session, result -> detection(result, Detection::auroc));
        addMeans(table, "unknown FPR95, %", ofStream, session, result -> detection(result, Detection::fpr95));
    }

    private static OptionalDouble detection(SessionResult session, Function<Detection, Double> measure) {
        return session.detection().stream()
                .mapToDouble(found -> 100 * measure.apply(found))
                .findFirst();
    }

    private static OptionalDouble percent(OptionalDouble share) {
        return share.stream().map(value -> 100 * value).findFirst();
    }

    private void addMeans(
            TextTable table,
            String label,
            List<ReplayResult> ofStream,
            int session,
            Function<SessionResult, OptionalDouble> measure) {
        addRow(
                table,
                label,
                method -> cell(
                        ofStream.stream()
                                .filter(result -> result.method().equals(method))
                                .map(result -> measure.apply(
                                        incremental(result).sessions().get(session)))
                                .flatMapToDouble(OptionalDouble::stream)
                                .toArray(),
                        false));
    }

    private void addWhole(TextTable table, String label, Function<IncrementalResult, OptionalDouble> measure) {
        addRow(
                table,
                label,
                method -> cell(
                        seeds.values().stream()
                                .map(ofSeed -> ofSeed.stream()
                                        .filter(result -> result.method().equals(method))
                                        .map(result -> measure.apply(incremental(result)))
                                        .flatMapToDouble(OptionalDouble::stream)
                                        .average())
                                .flatMapToDouble(OptionalDouble::stream)
                                .toArray(),
                        true));
    }

    /** Leaves the row out where no method has a value. */
    private void addRow(TextTable table, String label, Function<String, String> cell) {
        List<String> cells = methods.stream().map(cell).toList();
        if (cells.stream().anyMatch(text -> !text.isEmpty())) {
            table.row("  " + label, cells);
        }
    }

    /** The mean, and on demand the deviation of a sample of more than one. */
    private static String cell(double[] values, boolean withDeviation) {
        if (values.length == 0) {
            return "";
        }
        Spread spread = Spread.of(values);
        return withDeviation ? ConsoleTable.spread(spread) : Decimals.of(spread.mean());
    }

    private static IncrementalResult incremental(ReplayResult result) {
        return result.incremental().orElseThrow();
    }
}
