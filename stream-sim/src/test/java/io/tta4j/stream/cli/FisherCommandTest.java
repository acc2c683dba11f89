package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

final class FisherCommandTest {

    private static final int IMAGES = 40;

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

    private Outcome fisher(String out, String... more) {
        String[] first = {"fisher", "--model", path("net.onnx"), "--data", path("data"), "--out", path(out)};
        String[] arguments = new String[first.length + more.length];
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        return Outcome.of(arguments);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void writesWhatEataReads() throws IOException {
        Outcome outcome = fisher("f.safetensors", "--limit", "30", "--batch", "16");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("f.safetensors: ").contains(" parameters, from 30 samples");
        byte[] labels = new byte[IMAGES];
        NpyFile.write(folder.resolve("data/labels.npy"), NpyArray.of(labels, IMAGES));
        Outcome replayed = Outcome.of(
                "replay",
                "--model",
                path("net.onnx"),
                "--data",
                path("data"),
                "--corruption",
                "images",
                "--method",
                "eata",
                "--set",
                "eata.fisher=" + path("f.safetensors"));
        assertThat(replayed.exitCode()).as(replayed.err()).isZero();
        assertThat(replayed.out()).contains("eata");
    }

    @Test
    void twoRunsWriteTheSameBytes() throws IOException {
        fisher("one.safetensors");
        fisher("two.safetensors");

        assertThat(folder.resolve("two.safetensors"))
                .hasBinaryContent(Files.readAllBytes(folder.resolve("one.safetensors")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--batch=0 | --batch must be at least 1, but was 0",
                "--limit=0 | --limit must be at least 1, but was 0",
                "--statistics=train | --statistics must be auto, source, batch, a weight of the batch in 0..1",
                "--statistics=batch | must have batch norm in its graph for statistics 'batch'",
            })
    void badInputIsOneLineAndLeavesNoFile(String option, String message) {
        Outcome outcome = fisher("f.safetensors", option);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).hasLineCount(1);
        assertThat(folder.resolve("f.safetensors")).doesNotExist();
    }
}
