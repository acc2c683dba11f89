package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.stream.data.DataException;
import io.tta4j.stream.replay.ReplayResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ComparisonTest {

    @TempDir
    private Path folder;

    private Path write(String name, ReportFormat format, Map<String, Object> config, ReplayResult... results)
            throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            format.write(new ReplayReport(List.of(results), config, Map.of("tta4j", "1", "cores", name)), out);
        }
        return file;
    }

    private String compare(Path... files) throws IOException {
        return Comparison.of(List.of(files)).replace(folder + "/", "");
    }

    /** The source's results, as those of a method that does nothing. */
    private static ReplayResult idle(ReplayResult source) {
        return new ReplayResult(
                "sar",
                source.setting(),
                source.seed(),
                source.corruption(),
                source.fingerprint(),
                source.samples(),
                source.batches(),
                source.scores(),
                source.source(),
                source.learning(),
                source.domainChanges(),
                source.pace(),
                source.latency(),
                source.seconds(),
                source.relativeCost(),
                source.incremental(),
                source.gallery());
    }

    @Test
    void differencesHaveIntervalsAndAMean() throws IOException {
        Path before = write("a.json", ReportFormat.JSON, Map.of(), idle(Reports.SOURCE), idle(Reports.SOURCE_SNOW));
        Path after = write("b.json", ReportFormat.JSON, Map.of(), Reports.SAR, Reports.SAR_SNOW);

        // In fog the differences are 0, 0, 1. A resample is a block of two, whose sum is 1 from two of three places,
        // and one
        // of the three: none is better in 2 of 9 resamples, all drawn in 2 of 9. The ends are 0 and 2 of 3.
        assertThat(compare(before, after)).isEqualTo("""
                        first:  a.json
                        second: b.json
                        ---------------------------------------------------------------------------
                        accuracy, %           first      second  difference   95 % from     95 % to
                        ---------------------------------------------------------------------------
                        sar, mild, fog        33.33       66.67      +33.33        0.00      +66.67
                        sar, mild, snow      100.00      100.00        0.00        0.00        0.00
                        ---------------------------------------------------------------------------
                        sar, mild, mean       66.67       83.33      +16.67        0.00      +33.33
                        """);
    }

    @Test
    void seedsAreMatchedAndAveraged() throws IOException {
        Path before = write(
                "a.json",
                ReportFormat.JSON,
                Map.of(),
                idle(Reports.SOURCE),
                Reports.with(Reports.SAR, "mild", 1),
                Reports.with(Reports.SAR, "mild", 2));
        Path after = write("b.json", ReportFormat.JSON, Map.of(), Reports.SAR, Reports.with(Reports.SAR, "mild", 1));

        // Seed 0 gains one of three, seed 1 nothing, seed 2 is in the first alone.
        assertThat(compare(before, after).lines())
                .anyMatch(line -> line.matches("sar, mild, fog\\s+50.00\\s+66.67\\s+\\+16.67\\s+0.00\\s+\\+33.33"))
                .contains("warning: in the first only: sar, mild, fog, seed 2");
    }

    @Test
    void withoutHitsThereIsNoInterval() throws IOException {
        Path before = write("a.json", ReportFormat.JSON_WITHOUT_HITS, Map.of(), Reports.SAR);
        Path after = write("b.json", ReportFormat.JSON, Map.of(), Reports.SAR);

        assertThat(compare(before, after).lines())
                .anyMatch(line -> line.matches("sar, mild, fog\\s+66.67\\s+66.67\\s+0.00\\s*"));
    }

    @Test
    void warnsOfWhatIsNotTheSame() throws IOException {
        Map<String, Object> first = Map.of(
                "model",
                Map.of("sha256", "aa"),
                "batch",
                64,
                "settings",
                Map.of("sar", Map.of("rho", "0.1")),
                "methods",
                List.of("sar"));
        Map<String, Object> second = Map.of(
                "model",
                Map.of("sha256", "bb"),
                "batch",
                64,
                "settings",
                Map.of("tent", Map.of("momentum", "0")),
                "methods",
                List.of());
        Path before = write("a.json", ReportFormat.JSON, first, Reports.SAR, Reports.with(Reports.SAR, "mild", 1));
        Path after = write("b.json", ReportFormat.JSON, second, Reports.SAR, Reports.SAR_SNOW);

        assertThat(compare(before, after).lines().filter(line -> line.startsWith("warning: ")))
                .containsExactlyInAnyOrder(
                        "warning: model.sha256 was aa in the first and bb in the second",
                        "warning: settings.sar.rho was 0.1 in the first and not set in the second",
                        "warning: in the first only: sar, mild, fog, seed 1",
                        "warning: in the second only: sar, mild, snow, seed 0");
    }

    @Test
    void everyFileIsComparedWithTheFirst() throws IOException {
        Path one = write("a.json", ReportFormat.JSON, Map.of(), Reports.SAR);
        Path two = write("b.json", ReportFormat.JSON, Map.of(), Reports.SAR);
        Path three = write("c.json", ReportFormat.JSON, Map.of(), Reports.SAR);

        assertThat(compare(one, two, three).lines().filter(line -> line.startsWith("second: ")))
                .containsExactly("second: b.json", "second: c.json");
    }

    @Test
    void refusesWhatIsNoReport() throws IOException {
        Path report = write("a.json", ReportFormat.JSON, Map.of(), Reports.SAR);
        Path other = write("b.json", ReportFormat.JSON, Map.of(), Reports.SOURCE);
        Path text = Files.writeString(folder.resolve("text.json"), "no JSON");
        Path empty = Files.writeString(folder.resolve("empty.json"), "{}");
        Path old = Files.writeString(folder.resolve("old.json"), "{\"results\": [{\"method\": \"sar\"}]}");

        assertThatThrownBy(() -> compare(report, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("must have a method on a stream at a seed in common, but had none");
        assertThatThrownBy(() -> compare(report, text))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("text.json must be a report of tta replay --json, but was no JSON");
        assertThatThrownBy(() -> compare(report, empty))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("had no results");
        assertThatThrownBy(() -> compare(report, old))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("old.json must be a report of tta replay --json, but a result was not");
    }
}
