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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays five classes through a model of three. The images of a novel class are all the same, so that it is told. */
final class ClassIncrementalCommandTest {

    private static final int IMAGES = 60;
    private static final int CLASSES = 5;
    private static final int PIXELS = 12;

    @TempDir
    private Path folder;

    private final Random random = new Random(4);

    @BeforeEach
    void writeInputs() throws IOException {
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        byte[][] novel = {pixels(), pixels()};
        byte[] labels = new byte[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) (i % CLASSES);
        }
        for (String set : List.of("data/fog", "data/snow", "support/images")) {
            byte[] images = new byte[IMAGES * PIXELS];
            for (int i = 0; i < IMAGES; i++) {
                byte[] image = labels[i] < 3 ? pixels() : novel[labels[i] - 3];
                System.arraycopy(image, 0, images, i * PIXELS, PIXELS);
            }
            write(set, NpyArray.of(images, IMAGES, 2, 2, 3));
        }
        write("data/labels", NpyArray.of(labels, IMAGES));
        write("support/labels", NpyArray.of(labels, IMAGES));
    }

    private byte[] pixels() {
        byte[] pixels = new byte[PIXELS];
        random.nextBytes(pixels);
        return pixels;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--classes-per-session 1 --seeds 1,2", "--sessions 2 --recurring 0.5 --seed 5", "--sessions 1"})
    void twoRunsDifferInTimingsOnly(String options) throws IOException {
        JsonNode first = replay("a.json", options.split(" ", -1));
        JsonNode second = replay("b.json", options.split(" ", -1));

        assertThat(Timings.without(second)).isEqualTo(Timings.without(first));
    }

    @Test
    void everySeedIsReplayedAndTold() throws IOException {
        JsonNode json = replay("a.json", "--classes-per-session", "1", "--seeds", "4,9", "--shots", "2");

        List<String> rows = new ArrayList<>();
        for (JsonNode result : json.get("results")) {
            JsonNode incremental = result.get("incremental");
            rows.add(incremental.get("seed").asText() + " "
                    + result.get("method").asText());
            assertThat(incremental.get("sessions")).hasSize(3);
            assertThat(incremental.get("corruptions").fieldNames()).toIterable().containsExactly("snow", "fog");
            boolean learns = result.get("method").asText().equals("nearest-mean");
            assertThat(incremental.get("novel").asDouble()).isEqualTo(learns ? 100 : 0);
        }
        assertThat(rows).containsExactly("4 source", "4 nearest-mean", "9 source", "9 nearest-mean");
        JsonNode config = json.get("config");
        assertThat(config.get("baseClasses").asInt()).isEqualTo(3);
        assertThat(config.get("novelClasses")).hasToString("[3,4]");
        assertThat(config.get("seeds")).hasToString("[4,9]");
        assertThat(config.get("support").asText()).isEqualTo("support");
        assertThat(config.get("shots").asInt()).isEqualTo(2);
    }

    @Test
    void aSingleSessionHasAStreamACorruption() throws IOException {
        JsonNode json = replay("a.json", "--sessions", "1", "--base-classes", "3");

        assertThat(json.get("results")).hasSize(4);
        for (JsonNode result : json.get("results")) {
            assertThat(result.get("samples").asInt()).isEqualTo(IMAGES);
            assertThat(result.get("incremental").get("sessions")).hasSize(1);
        }
        assertThat(json.get("results").get(0).get("corruption").asText()).isEqualTo("snow");
        assertThat(json.get("results").get(3).get("corruption").asText()).isEqualTo("fog");
    }

    @Test
    void printsTheDescriptionAndWritesEveryFormat() throws IOException {
        Outcome outcome = run("--classes-per-session", "1", "--csv", "%s/a.csv", "--report", "%s/a.html");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .startsWith(
                        "class-incremental: 3 base classes, novel [3, 4], 5-shot, introduced by session [[], [3], [4]],"
                                + " 2 corruptions a session, recurring 1.0, preview 0.25; seed 0")
                .contains("session 2 + 4 (snow, fog)", "harmonic mean", "unknown AUROC, %", "drop, points");
        assertThat(Files.readAllLines(folder.resolve("a.csv"))).hasSize(1 + 2 * 3);
        assertThat(folder.resolve("a.html")).content().contains("\"incremental\"");
    }

    private JsonNode replay(String json, String... options) throws IOException {
        Outcome outcome = run(Stream.concat(Stream.of("--json", "%s/" + json), Stream.of(options))
                .toArray(String[]::new));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        return new ObjectMapper().readTree(folder.resolve(json).toFile());
    }

    private Outcome run(String... options) {
        return Outcome.in(
                folder,
                "replay --setting class-incremental --model %s/net.onnx --data %s/data --support %s/support"
                        + " --method source,nearest-mean --batch 8",
                options);
    }

    private void write(String name, NpyArray array) throws IOException {
        Path file = folder.resolve(name + ".npy");
        Files.createDirectories(file.getParent());
        NpyFile.write(file, array);
    }
}
