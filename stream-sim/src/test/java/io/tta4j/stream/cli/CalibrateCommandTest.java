package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.guard.SourceEntropies;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CalibrateCommandTest {

    private static final int IMAGES = 400;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeInputs() throws IOException {
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        byte[] images = new byte[IMAGES * 12];
        new Random(4).nextBytes(images);
        Path data = Files.createDirectory(folder.resolve("data"));
        NpyFile.write(data.resolve("images.npy"), NpyArray.of(images, IMAGES, 2, 2, 3));
    }

    private Outcome calibrate(String out, String... more) {
        String[] first = {"calibrate", "--model", path("net.onnx"), "--data", path("data"), "--out", path(out)};
        String[] arguments = new String[first.length + more.length];
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        return Outcome.of(arguments);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** Entropies lie in 0..ln C; by their ranks the source's own are even, so that a gate stays shut over them. */
    @Test
    void writesWhatTheDriftGateReads() throws IOException {
        Outcome outcome = calibrate("c.json", "--batch", "64");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEqualTo("c.json: 3 classes, from 400 samples%n".formatted());
        SourceEntropies source = SourceEntropies.read(folder.resolve("c.json"));
        assertThat(source.samples()).isEqualTo(IMAGES);
        assertThat(source.classes()).isEqualTo(3);
        for (int group = 0; group < source.quantiles().rows(); group++) {
            float[] quantiles = source.quantiles().row(group);
            assertThat(quantiles[0]).isGreaterThanOrEqualTo(0);
            assertThat(quantiles[quantiles.length - 1]).isBetween(quantiles[0], (float) Math.log(3));
        }
        NpyFile.write(folder.resolve("data/labels.npy"), NpyArray.of(new byte[IMAGES], IMAGES));
        Outcome replayed = Outcome.of(
                "replay",
                "--model",
                path("net.onnx"),
                "--data",
                path("data"),
                "--corruption",
                "images",
                "--method",
                "tent",
                "--set",
                "guard.driftGate=true,guard.calibration=" + path("c.json"));
        assertThat(replayed.exitCode()).as(replayed.err()).isZero();
        assertThat(replayed.out()).containsPattern("batches held back +7");
    }

    @Test
    void batchesChangeNothing() throws IOException {
        calibrate("one.json", "--batch", "64");
        calibrate("two.json", "--batch", "7");
        calibrate("part.json", "--limit", "100");

        assertThat(SourceEntropies.read(folder.resolve("two.json")))
                .isEqualTo(SourceEntropies.read(folder.resolve("one.json")));
        assertThat(SourceEntropies.read(folder.resolve("part.json")).samples()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--batch=0 | --batch must be at least 1, but was 0",
                "--limit=0 | --limit must be at least 1, but was 0",
                "--limit=1 | source entropies must be of at least 2 samples",
                "--statistics=batch | must have batch norm in its graph for statistics 'batch'",
            })
    void badInputIsOneLineAndLeavesNoFile(String option, String message) {
        Outcome outcome = calibrate("c.json", option);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).hasLineCount(1);
        assertThat(folder.resolve("c.json")).doesNotExist();
    }
}
