package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of three classes and images of five, twelve of each. */
final class PrototypesCommandTest {

    private static final int IMAGES = 60;
    private static final int PIXELS = 12;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeInputs() throws IOException {
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        Random random = new Random(4);
        byte[] images = new byte[IMAGES * PIXELS];
        random.nextBytes(images);
        byte[] labels = new byte[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) (i % 5);
        }
        write("data", images, labels);
        byte[] others = new byte[IMAGES];
        Arrays.fill(others, (byte) 4);
        write("others", images, others);
        byte[] two = new byte[IMAGES];
        write("few", images, two);
    }

    private void write(String name, byte[] images, byte[] labels) throws IOException {
        Path data = Files.createDirectory(folder.resolve(name));
        NpyFile.write(data.resolve("images.npy"), NpyArray.of(images, IMAGES, 2, 2, 3));
        NpyFile.write(data.resolve("labels.npy"), NpyArray.of(labels, IMAGES));
    }

    private Outcome prototypes(String data, String... more) {
        String[] arguments = new String[7 + more.length];
        String[] first = {
            "prototypes", "--model", path("net.onnx"), "--data", path(data), "--out", path("p.safetensors")
        };
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        return Outcome.of(arguments);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void writesMeansOfTheModelsClassesForCsfaToRead() throws IOException {
        Outcome outcome = prototypes("data", "--batch", "7", "--classes", "cat,dog,fox");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains("p.safetensors: 3 classes, 6 features, from 36 samples; 24 of other classes left out");
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("p.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] head = new byte[(int) file.getLong()];
        file.get(head);
        JsonNode header = new ObjectMapper().readTree(head);
        assertThat(header.at("/__metadata__/classes").asText()).isEqualTo("[\"cat\",\"dog\",\"fox\"]");
        assertThat(header.at("/means/shape")).hasToString("[3,6]");
        int counts = file.position() + header.at("/counts/data_offsets/0").asInt();
        assertThat(file.getFloat(counts)).isEqualTo(12);

        Outcome replayed = Outcome.of(
                "replay",
                "--model",
                path("net.onnx"),
                "--data",
                path("data"),
                "--corruption",
                "images",
                "--setting",
                "class-incremental",
                "--sessions",
                "1",
                "--shots",
                "2",
                "--support",
                path("data"),
                "--method",
                "csfa",
                "--set",
                "csfa.prototypes=" + path("p.safetensors"));
        assertThat(replayed.exitCode()).as(replayed.err()).isZero();
    }

    @Test
    void takesTheFeaturesThatAreNamed() throws IOException {
        prototypes("data");
        byte[] ofTheClassifiersInput = Files.readAllBytes(folder.resolve("p.safetensors"));

        assertThat(prototypes("data", "--features", "hidden").exitCode()).isZero();

        assertThat(Files.readAllBytes(folder.resolve("p.safetensors"))).isNotEqualTo(ofTheClassifiersInput);
        assertThat(prototypes("data", "--features", "nowhere").err()).contains("features must be a tensor");
    }

    @Test
    void twoRunsWriteTheSameBytes() throws IOException {
        prototypes("data");
        byte[] first = Files.readAllBytes(folder.resolve("p.safetensors"));

        prototypes("data");

        assertThat(folder.resolve("p.safetensors")).hasBinaryContent(first);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "others | --batch=64 | labels.npy must have samples of the model's 3 classes, but had none",
                "few | --batch=64 | source data must have samples of every class, but had none of '1'",
                "data | --batch=0 | --batch must be at least 1, but was 0",
                "data | --classes=a,b | there must be a name for each of the model's 3 classes, but there were 2",
                "nowhere | --batch=64 | no such file or folder",
            })
    void badInputIsOneLineAndLeavesNoFile(String data, String option, String message) {
        Outcome outcome = prototypes(data, option);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).hasLineCount(1);
        assertThat(folder.resolve("p.safetensors")).doesNotExist();
    }
}
