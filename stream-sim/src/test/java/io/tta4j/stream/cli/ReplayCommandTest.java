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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        byte[] labels = TinySet.write(folder, random, IMAGES, "snow", "fog");
        write("clean/images", NpyArray.of(new byte[IMAGES * 12], IMAGES, 2, 2, 3));
        write("clean/labels", NpyArray.of(labels, IMAGES));
        for (int severity = 1; severity <= 5; severity++) {
            for (String corruption : new String[] {"snow", "fog"}) {
                Path file = folder.resolve("severities/severity%d/%s.npy".formatted(severity, corruption));
                TinySet.writeImages(file, random, 10);
            }
        }
        write("severities/labels", NpyArray.of(Arrays.copyOf(labels, 10), 10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--setting mild",
                "--setting mild --order shuffled --seed 3",
                "--setting mixed --method sar,source --set sar.margin=2",
                "--setting label-shift --imbalance 20 --limit 30 --method tent",
                "--setting all --seeds 0-1 --limit 20 --batch 8",
                "--setting correlated,recurring --delta 0.5 --cycles 2 --seed 1",
                "--setting drift --drift gradual --position 30 --width 10",
                "--setting drift --drift recurring --cycles 2 --clean %s/clean",
                "--setting drift --drift abrupt --order correlated",
                "--setting continual --clean %s/clean --clean-stretch 7",
                "--setting markov --domain-correlation 1 --class-correlation 0.9 --class-imbalance 3",
                "--setting gradual,mild --data %s/severities",
                "--setting drift --drift incremental --width 8 --data %s/severities --severity 4",
                "--eta 1 --cost-ratio 3 --window 20 --method source,tent --set tent.learningRate=0.01"
            })
    void twoRunsDifferInTimingsOnly(String options) throws IOException {
        JsonNode first = replay("a.json", "net.onnx", options.split(" ", -1));
        JsonNode second = replay("b.json", "net.onnx", options.split(" ", -1));

        assertThat(Timings.without(second)).isEqualTo(Timings.without(first));
    }

    @Test
    void settingsAndSeedsAreReplayedInTurn() throws IOException {
        JsonNode json =
                replay("a.json", "net.onnx", "--setting", "all,drift", "--seeds", "3,0-1", "--method", "source");

        List<String> settings = new ArrayList<>();
        json.get("results")
                .forEach(result -> settings.add(result.get("setting").asText() + " "
                        + result.get("corruption").asText()));
        assertThat(settings)
                .containsExactlyElementsOf(Stream.of(
                                "mild snow,mild fog",
                                "mixed mixed",
                                "label-shift snow,label-shift fog",
                                "batch-1 snow,batch-1 fog",
                                "continual continual",
                                "drift drift")
                        .flatMap(streams -> Stream.of(streams, streams, streams))
                        .flatMap(streams -> Stream.of(streams.split(",", -1)))
                        .toList());
        JsonNode config = json.get("config");
        assertThat(config.get("setting").asText()).isEqualTo("mild,mixed,label-shift,batch-1,continual,drift");
        assertThat(config.get("seeds")).hasToString("[3,0,1]");
        assertThat(config.get("streams")).hasSize(6);
        assertThat(config.get("streams").get(3).asText())
                .isEqualTo("batch-1: each corruption apart, from the source state; images shuffled; batches of 1;"
                        + " seeds 3, 0, 1");
        assertThat(config.get("streams").get(5).asText())
                .isEqualTo("drift: one corruption after another, never reset; images"
                        + " shuffled; gradual drift, sigmoids of width 25.0; seeds 3, 0, 1");
    }

    @Test
    void batchOneAnswersOneByOne() throws IOException {
        JsonNode result = replay("a.json", "net.onnx", "--setting", "batch-1", "--method", "source")
                .get("results")
                .get(0);

        assertThat(result.get("samples").asInt()).isEqualTo(IMAGES);
        assertThat(result.get("batches").asInt()).isEqualTo(IMAGES);
    }

    @Test
    void corruptionsComeInTheOrderAndSeverityThatIsAskedFor() throws IOException {
        JsonNode json = replay(
                "a.json",
                "net.onnx",
                "--data",
                folder.resolve("severities").toString(),
                "--corruption",
                "fog,snow",
                "--severity",
                "2",
                "--setting",
                "mild,gradual",
                "--method",
                "source");

        assertThat(json.get("config").get("corruptions")).hasToString("[\"fog-1\",\"fog-2\",\"snow-1\",\"snow-2\"]");
        assertThat(json.get("config").get("severity").asInt()).isEqualTo(2);
        List<String> streams = new ArrayList<>();
        json.get("results")
                .forEach(result -> streams.add(result.get("corruption").asText() + " "
                        + result.get("samples").asInt()));
        // Ten images at severities 1, 2 and 1 of two corruptions.
        assertThat(streams).containsExactly("fog-2 10", "snow-2 10", "gradual 60");
    }

    @Test
    void eachSettingHasItsRows() {
        Outcome outcome =
                Outcome.in(folder, "replay --model %s/net.onnx --data %s --setting mild,continual --method source");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .startsWith("""
                        mild: each corruption apart, from the source state; images as stored; seed 0
                        continual: one corruption after another, never reset; images as stored; seed 0

                        """)
                .containsSubsequence("\nmild\n", "snow", "gain over source", "\ncontinual\n", "gain over source");
    }

    /** The network has a layer norm. */
    @Test
    void allMethodsAreThoseThatTheModelGoesWith() throws IOException {
        Outcome outcome = Outcome.in(
                folder,
                "replay --model %s/net.onnx --data %s --method all --corruption fog --limit 10 --json %s/all.json");

        assertThat(outcome.err()).startsWith("tta: bn is left out: ").hasLineCount(1);
        List<String> methods = new ArrayList<>();
        new ObjectMapper()
                .readTree(folder.resolve("all.json").toFile())
                .get("results")
                .forEach(result -> methods.add(result.get("method").asText()));
        assertThat(methods)
                .startsWith("source")
                .contains("come", "deyo", "eata", "rdumb", "roid", "rsgs", "sar", "tent")
                .doesNotContain("bn", "csfa");
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
        Outcome outcome = Outcome.in(folder, "replay --model %s/net.onnx --data %s --csv %s/a.csv --report %s/a.html");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("source", "tent", "sar", "fog", "snow", "mean", "cost");
        assertThat(Files.readAllLines(folder.resolve("a.csv"))).hasSize(1 + 2 * 3);
        assertThat(folder.resolve("a.html")).content().startsWith("<!DOCTYPE html>");
    }

    @Test
    void theProtocolIsInTheReport() throws IOException {
        Files.createDirectory(folder.resolve("cleaned"));
        Files.copy(folder.resolve("fog.npy"), folder.resolve("cleaned/images.npy"));
        Files.copy(folder.resolve("labels.npy"), folder.resolve("cleaned/labels.npy"));

        JsonNode json = replay(
                "a.json",
                "net.onnx",
                "--eta",
                "1",
                "--cost-ratio",
                "tent=2,sar=4",
                "--clean",
                folder.resolve("cleaned").toString(),
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
        assertThat(json.at("/config/clean").asText()).isEqualTo("cleaned");
        assertThat(json.at("/config/cleanImages").asInt()).isEqualTo(40);
        assertThat(json.at("/config/window").asInt()).isEqualTo(100);
        assertThat(json.at("/environment/peakMemoryMiB").asInt()).isPositive();
    }

    /** A gate that waits for more first samples than the stream has. */
    @Test
    void aGateThatStaysShutMakesASourceOfEveryMethod() throws IOException {
        JsonNode json = replay("a.json", "net.onnx", "--batch", "4", "--limit", "42", "--set", "guard.driftGate=true");

        for (JsonNode result : json.get("results")) {
            boolean adapts = !result.get("method").asText().equals("source");
            assertThat(result.get("held").asInt()).isEqualTo(adapts ? 11 : 0);
            assertThat(result.get("adaptedSamples").asInt()).isZero();
            assertThat(result.at("/gain/points").asDouble()).isZero();
        }
        assertThat(json.at("/config/guards/driftGate").asText()).isEqualTo("true");
    }

    @Test
    void defaultGuardsChangeNothingWhereNothingGoesWrong() throws IOException {
        JsonNode guarded = replay("a.json", "net.onnx", "--guards");
        JsonNode alone = replay("b.json", "net.onnx");

        assertThat(Timings.without(guarded).get("results"))
                .isEqualTo(Timings.without(alone).get("results"));
        assertThat(guarded.at("/config/guards")).isEmpty();
        assertThat(alone.at("/config").has("guards")).isFalse();
    }

    @Test
    void whatGuardsDidIsInTheTable() {
        Outcome outcome = Outcome.in(folder, "replay --model %s/net.onnx --data %s --set guard.driftGate=true");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).containsPattern("batches held back +0 +2 +2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "guard.driftGat=true | guard.driftGat",
                "guard.distance=-1 | guard.distance must be greater than 0 and finite, but was -1.0",
                "guard.calibration=nowhere.json | nowhere.json",
            })
    void guardsThatAreNoneAreRefused(String setting, String message) {
        Outcome outcome = Outcome.in(folder, "replay --model %s/net.onnx --data %s --set", setting);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).hasLineCount(1);
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

        Outcome outcome = Outcome.in(folder, "compare %s/a.json %s/b.json");

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
        String data = List.of(options).contains("--data") ? "" : " --data %s";
        Outcome outcome =
                Outcome.in(folder, "replay --model %%s/%s --json %%s/%s%s".formatted(model, json, data), options);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        return new ObjectMapper().readTree(folder.resolve(json).toFile());
    }

    private void write(String name, NpyArray array) throws IOException {
        Path file = folder.resolve(name + ".npy");
        Files.createDirectories(file.getParent());
        NpyFile.write(file, array);
    }
}
