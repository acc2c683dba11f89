package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.replay.AnsweredImage;
import io.tta4j.stream.replay.Cell;
import io.tta4j.stream.replay.ReplayResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CellFilesTest {

    private static final Cell FOG = new Cell("mild", 3, "fog", "00ff");

    @TempDir
    private Path parent;

    private Path folder = Path.of("");

    @BeforeEach
    void nameTheFolder() {
        folder = parent.resolve("cells");
    }

    private CellFiles cells(String model) throws IOException {
        return CellFiles.in(folder, Map.of("model", model));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void resultsComeBackAsTheyWere() throws IOException {
        List<ReplayResult> results = List.of(
                Reports.pacedAndLookedAt(Reports.SAR),
                Reports.SOURCE_SNOW,
                Reports.showing(Reports.SAR_SNOW, List.of(new AnsweredImage("snow", 5, 1, 0, 1))),
                Reports.incremental("csfa", 3, 1));

        cells("net").keep(FOG, results);

        assertThat(cells("net").find(FOG)).contains(results);
        assertThat(files()).hasSize(1);
        assertThat(files().get(0).getFileName().toString()).matches("mild\\.3\\.fog\\.[0-9a-f]{32}\\.json");
    }

    @Test
    void nothingElseIsFound() throws IOException {
        cells("net").keep(FOG, List.of(Reports.SAR));

        assertThat(cells("other").find(FOG)).isEmpty();
        assertThat(cells("net").find(new Cell("mild", 4, "fog", "00ff"))).isEmpty();
        assertThat(cells("net").find(new Cell("mild", 3, "snow", "00ff"))).isEmpty();
        assertThat(cells("net").find(new Cell("mild", 3, "fog", "00fe"))).isEmpty();
        assertThat(cells("net").find(new Cell("mixed", 3, "fog", "00ff"))).isEmpty();
    }

    @Test
    void theOrderOfDeterminantsDoesNotMatter() throws IOException {
        CellFiles.in(folder, Map.of("a", 1, "b", Map.of("c", 2, "d", 3))).keep(FOG, List.of(Reports.SAR));

        assertThat(CellFiles.in(folder, Map.of("b", Map.of("d", 3, "c", 2), "a", 1))
                        .find(FOG))
                .isPresent();
    }

    @Test
    void aDamagedCellIsNotFound() throws IOException {
        cells("net").keep(FOG, List.of(Reports.SAR));
        byte[] whole = Files.readAllBytes(files().get(0));
        Files.write(files().get(0), Arrays.copyOf(whole, whole.length / 2));

        assertThat(cells("net").find(FOG)).isEmpty();

        Files.writeString(files().get(0), "[{\"scores\":{\"hits\":\"x\"}}]");

        assertThat(cells("net").find(FOG)).isEmpty();
    }

    @Test
    void deletesItsOwnAndLeavesOthers() throws IOException {
        CellFiles other = cells("other");
        other.keep(FOG, List.of(Reports.SOURCE));
        Path kept = files().get(0);
        CellFiles finished = cells("net");
        finished.keep(FOG, List.of(Reports.SAR));
        Path own =
                files().stream().filter(file -> !file.equals(kept)).findFirst().orElseThrow();
        Files.writeString(folder.resolve("." + own.getFileName() + ".half.tmp"), "[");

        finished.delete();

        assertThat(files()).containsExactly(kept);

        other.delete();

        assertThat(folder).doesNotExist();
    }

    @Test
    void deletesNothingWhereNothingWasKept() throws IOException {
        cells("net").delete();

        assertThat(folder).doesNotExist();
    }
}
