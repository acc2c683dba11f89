package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplayCommandTest {

    private static final int IMAGES = 50;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeInputs() throws IOException {
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        Files.write(folder.resolve("softmax.onnx"), TinyOnnx.model("Identity", "Softmax"));
        Random random = new Random(4);
        for (String corruption : new String[] {"snow", "fog"}) {
            byte[] pixels = new byte[IMAGES * 12];
            random.nextBytes(pixels);
            write(corruption, NpyArray.of(pixels, IMAGES, 2, 2, 3));
        }
        byte[] labels = new byte[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) random.nextInt(3);
        }
        write("labels", NpyArray.of(labels, IMAGES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--setting mild",
                "--setting mild --order shuffled --seed 3",
                "--setting mixed --method sar,source --set sar.margin=2",
                "--setting label-shift --imbalance 20 --limit 30 --method tent"
            })
    void twoRunsDifferInTimingsOnly(String options) throws IOException {
        JsonNode first = replay("a.json", "net.onnx", options.split(" ", -1));
        JsonNode second = replay("b.json", "net.onnx", options.split(" ", -1));

        assertThat(withoutTimings(second)).isEqualTo(withoutTimings(first));
    }

    @Test
    void resultsComeByCorruptionThenMethod() throws IOException {
        JsonNode json = replay("a.json", "net.onnx", "--method", "source,sar", "--batch", "4", "--limit", "42");

        List<String> rows = new ArrayList<>();
        for (JsonNode result : json.get("results")) {
            rows.add(result.get("corruption").asText() + " "
                    + result.get("method").asText());
            assertThat(result.get("samples").asInt()).isEqualTo(42);
            assertThat(result.get("batches").asInt()).isEqualTo(11);
            assertThat(result.get("windows")).hasSize(2);
            assertThat(result.get("accuracy").asDouble())
                    .isEqualTo(Math.round(100_000.0 * result.get("correct").asInt() / 42) / 1000.0);
        }
        assertThat(rows).containsExactly("snow source", "snow sar", "fog source", "fog sar");
        assertThat(json.get("config").get("model").get("file").asText()).isEqualTo("net.onnx");
        assertThat(json.get("config").get("model").get("parameters").asInt()).isEqualTo(12);
        assertThat(json.toString()).doesNotContain(folder.toString());
    }

    @Test
    void aModelThatEndsInSoftmaxEqualsTheOneWithout() throws IOException {
        JsonNode plain = replay("a.json", "net.onnx", "--set", "sar.margin=2");
        JsonNode softmax = replay("b.json", "softmax.onnx", "--set", "sar.margin=2");

        assertThat(withoutTimings(softmax).get("results"))
                .isEqualTo(withoutTimings(plain).get("results"));
    }

    @Test
    void writesEveryFormatAndATable() throws IOException {
        Outcome outcome = Outcome.of(
                "replay",
                "--model",
                folder.resolve("net.onnx").toString(),
                "--data",
                folder.toString(),
                "--csv",
                folder.resolve("a.csv").toString(),
                "--report",
                folder.resolve("a.html").toString());

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("source", "tent", "sar", "fog", "snow", "mean", "cost");
        assertThat(Files.readAllLines(folder.resolve("a.csv"))).hasSize(1 + 2 * 3);
        assertThat(folder.resolve("a.html")).content().startsWith("<!DOCTYPE html>");
    }

    @Test
    void helpListsTheSettingsOfEveryMethod() {
        Outcome outcome = Outcome.of("replay", "--help");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("sar.rho", "(default: 0.05)", "tent.learningRate", "Examples:");
    }

    private JsonNode replay(String json, String model, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "replay",
                "--model",
                folder.resolve(model).toString(),
                "--data",
                folder.toString(),
                "--json",
                folder.resolve(json).toString()));
        arguments.addAll(List.of(options));
        Outcome outcome = Outcome.of(arguments.toArray(String[]::new));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        return new ObjectMapper().readTree(folder.resolve(json).toFile());
    }

    private static JsonNode withoutTimings(JsonNode report) {
        ObjectNode copy = report.deepCopy();
        copy.remove("environment");
        copy.get("results")
                .forEach(result ->
                        ((ObjectNode) result).remove(List.of("latencyMs", "samplesPerSecond", "relativeCost")));
        return copy;
    }

    private void write(String name, NpyArray array) throws IOException {
        NpyFile.write(folder.resolve(name + ".npy"), array);
    }
}
