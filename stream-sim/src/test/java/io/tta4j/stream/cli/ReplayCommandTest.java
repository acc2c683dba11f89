package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
                "--setting label-shift --imbalance 20 --limit 30 --method tent",
                "--eta 1 --cost-ratio 3 --window 20 --method source,tent --set tent.learningRate=0.01"
            })
    void twoRunsDifferInTimingsOnly(String options) throws IOException {
        JsonNode first = replay("a.json", "net.onnx", options.split(" ", -1));
        JsonNode second = replay("b.json", "net.onnx", options.split(" ", -1));

        assertThat(Timings.without(second)).isEqualTo(Timings.without(first));
    }

    @Test
    void resultsComeByCorruptionThenMethod() throws IOException {
        JsonNode json = replay(
                "a.json", "net.onnx", "--method", "source,sar", "--batch", "4", "--limit", "42", "--window", "40");

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

        assertThat(Timings.without(softmax).get("results"))
                .isEqualTo(Timings.without(plain).get("results"));
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
    void theProtocolIsInTheReport() throws IOException {
        Files.createDirectory(folder.resolve("clean"));
        Files.copy(folder.resolve("fog.npy"), folder.resolve("clean/images.npy"));
        Files.copy(folder.resolve("labels.npy"), folder.resolve("clean/labels.npy"));

        JsonNode json = replay(
                "a.json",
                "net.onnx",
                "--eta",
                "1",
                "--cost-ratio",
                "tent=2,sar=4",
                "--clean",
                folder.resolve("clean").toString(),
                "--batch",
                "5",
                "--limit",
                "40",
                "--set",
                "tent.learningRate=0.01");

        // Eight batches: Tent adapts to every second, SAR to every fourth.
        assertThat(json.at("/results/0/pace").isMissingNode()).isTrue();
        assertThat(json.at("/results/1/pace/onlyPredicted").asInt()).isEqualTo(4);
        assertThat(json.at("/results/2/pace/onlyPredicted").asInt()).isEqualTo(6);
        assertThat(json.at("/results/2/pace/costRatio").asDouble()).isEqualTo(4);
        // The clean images are those of the stream here, in the same order: the source's accuracy is the same.
        assertThat(json.at("/results/4/clean/samples").asInt()).isEqualTo(40);
        assertThat(json.at("/results/4/clean/source")).isEqualTo(json.at("/results/3/accuracy"));
        assertThat(json.at("/results/3/clean/forgetting").asDouble()).isZero();
        assertThat(json.at("/config/costRatio/sar").asDouble()).isEqualTo(4);
        assertThat(json.at("/config/clean").asText()).isEqualTo("clean");
        assertThat(json.at("/config/cleanImages").asInt()).isEqualTo(40);
        assertThat(json.at("/config/window").asInt()).isEqualTo(100);
        assertThat(json.at("/environment/peakMemoryMiB").asInt()).isPositive();
    }

    @Test
    void nothingIsLeftBesideTheReport() throws IOException {
        replay("a.json", "net.onnx", "--work", folder.resolve("work").toString());
        replay("b.json", "net.onnx");

        assertThat(folder.resolve("work")).doesNotExist();
        assertThat(folder.resolve("b.json.cells")).doesNotExist();
    }

    @Test
    void whichAnswerWasRightCanBeLeftOut() throws IOException {
        JsonNode json = replay("a.json", "net.onnx", "--no-hits");

        assertThat(json.at("/results/0/hits").isMissingNode()).isTrue();
        assertThat(json.at("/results/0/classes/samples")).hasSize(3);
    }

    @Test
    void replaysAreCompared() throws IOException {
        replay("a.json", "net.onnx");
        replay("b.json", "net.onnx", "--set", "tent.learningRate=0.01");

        Outcome outcome = Outcome.of(
                "compare",
                folder.resolve("a.json").toString(),
                folder.resolve("b.json").toString());

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("95 % from", "tent, mild, fog", "sar, mild, mean")
                .contains("warning: settings.tent.learningRate was not set in the first and 0.01 in the second")
                .doesNotContain("not the same images");
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

    private void write(String name, NpyArray array) throws IOException {
        NpyFile.write(folder.resolve(name + ".npy"), array);
    }
}
