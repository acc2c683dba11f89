package io.tta4j.stream.report;

import io.tta4j.stream.metric.PairedDifference;
import io.tta4j.stream.report.RecordedReport.Result;
import io.tta4j.stream.report.RecordedReport.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reports side by side, for a terminal: how far each method's accuracy on each stream is from the first report's, with
 * an interval where both say which answer was right and show the same images in the same order; means over seeds that
 * both have. What else is not the same in both stands below.
 */
public final class Comparison {

    private static final List<String> COLUMNS = List.of("first", "second", "difference", "95 % from", "95 % to");

    /**
     * Two results of one method on one stream at one seed.
     *
     * @param first the first report's
     * @param second the other's
     */
    private record Match(Result first, Result second) {

        /** Empty where the two do not say which answer was right, or were shown different images. */
        Optional<PairedDifference.Pair> pair() {
            return first.fingerprint().equals(second.fingerprint())
                    ? first.hits()
                            .flatMap(before -> second.hits().map(after -> new PairedDifference.Pair(after, before)))
                    : Optional.empty();
        }
    }

    private final RecordedReport first;
    private final RecordedReport second;
    private final Map<Row, List<Match>> matches = new LinkedHashMap<>();

    private Comparison(RecordedReport first, RecordedReport second) {
        this.first = first;
        this.second = second;
        for (Result before : first.results()) {
            second.results().stream()
                    .filter(after -> after.row().equals(before.row()) && after.seed() == before.seed())
                    .forEach(after -> matches.computeIfAbsent(before.row(), row -> new ArrayList<>())
                            .add(new Match(before, after)));
        }
        if (matches.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s and %s must have a method on a stream at a seed in common, but had none"
                            .formatted(first.name(), second.name()));
        }
    }

    /**
     * Compares files, each with the first.
     *
     * @param files at least two
     * @return tables and warnings, each line ended
     * @throws IOException if one is not there or cannot be read
     * @throws io.tta4j.stream.data.DataException if one is not a replay's JSON
     * @throws IllegalArgumentException if two have nothing in common
     */
    public static String of(List<Path> files) throws IOException {
        List<RecordedReport> reports = new ArrayList<>();
        for (Path file : files) {
            reports.add(RecordedReport.read(file));
        }
        List<String> tables = reports.stream()
                .skip(1)
                .map(second -> new Comparison(reports.get(0), second).text())
                .toList();
        return String.join("\n", tables);
    }

    private String text() {
        TextTable table = new TextTable(COLUMNS.size());
        table.row("first:  " + first.name(), List.of());
        table.row("second: " + second.name(), List.of());
        table.rule();
        table.row("accuracy, %", COLUMNS);
        table.rule();
        matches.forEach((row, found) -> table.row(row.toString(), cells(found)));
        Map<String, List<Match>> together = new LinkedHashMap<>();
        matches.forEach((row, found) -> together.computeIfAbsent(
                        "%s, %s".formatted(row.method(), row.setting()), label -> new ArrayList<>())
                .addAll(found));
        if (together.size() < matches.size()) {
            table.rule();
            together.forEach((label, found) -> table.row(label + ", mean", cells(found)));
        }
        StringBuilder text = new StringBuilder(table.text());
        warnings().forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        return text.toString();
    }

    private static List<String> cells(List<Match> found) {
        double before = mean(found.stream().map(Match::first).toList());
        double after = mean(found.stream().map(Match::second).toList());
        List<PairedDifference.Pair> pairs =
                found.stream().flatMap(match -> match.pair().stream()).toList();
        if (pairs.size() < found.size()) {
            return List.of(Decimals.of(before), Decimals.of(after), Decimals.signed(after - before), "", "");
        }
        PairedDifference difference = PairedDifference.mean(pairs);
        return List.of(
                Decimals.of(before),
                Decimals.of(after),
                Decimals.signed(difference.points()),
                Decimals.signed(difference.low()),
                Decimals.signed(difference.high()));
    }

    private static double mean(List<Result> results) {
        return results.stream().mapToDouble(Result::accuracy).average().orElseThrow();
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        Set<String> paths = new LinkedHashSet<>(first.provenance().keySet());
        paths.addAll(second.provenance().keySet());
        for (String path : paths) {
            String before = first.provenance().getOrDefault(path, "not set");
            String after = second.provenance().getOrDefault(path, "not set");
            if (!before.equals(after) && concernsBoth(path)) {
                warnings.add("%s was %s in the first and %s in the second".formatted(path, before, after));
            }
        }
        addDifferentImages(warnings);
        addUnmatched(warnings, "first", first);
        addUnmatched(warnings, "second", second);
        return warnings;
    }

    /** Settings of a method that only one has compare with nothing. */
    private boolean concernsBoth(String path) {
        if (!path.startsWith("settings.")) {
            return true;
        }
        return matches.keySet().stream()
                .map(row -> "settings." + row.method())
                .anyMatch(settings -> path.equals(settings) || path.startsWith(settings + "."));
    }

    private void addDifferentImages(List<String> warnings) {
        Set<String> different = new TreeSet<>();
        matches.values().stream()
                .flatMap(List::stream)
                .filter(match ->
                        !match.first().fingerprint().equals(match.second().fingerprint()))
                .forEach(match -> different.add("%s %s, seed %d"
                        .formatted(
                                match.first().row().setting(),
                                match.first().row().stream(),
                                match.first().seed())));
        if (!different.isEmpty()) {
            warnings.add(
                    "not the same images in the same order, so without an interval: " + String.join("; ", different));
        }
    }

    private void addUnmatched(List<String> warnings, String which, RecordedReport report) {
        Set<String> unmatched = new LinkedHashSet<>();
        report.results().stream()
                .filter(result -> matches.getOrDefault(result.row(), List.of()).stream()
                        .noneMatch(match -> match.first().seed() == result.seed()))
                .forEach(result -> unmatched.add("%s, seed %d".formatted(result.row(), result.seed())));
        if (!unmatched.isEmpty()) {
            warnings.add("in the %s only: %s".formatted(which, String.join("; ", unmatched)));
        }
    }
}
