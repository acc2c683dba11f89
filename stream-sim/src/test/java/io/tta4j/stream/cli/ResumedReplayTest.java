package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.stream.Stalling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a replay in another process, and lets the same command go on. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ResumedReplayTest {

    private static final int IMAGES = 60;

    /** Of the states that a process begins with, that of the second stream: behind a discarded batch and the first. */
    private static final int SECOND_STREAM = 3;

    @TempDir
    private Path folder;

    private Path cells = Path.of("");

    @BeforeEach
    void writeInputs() throws IOException {
        cells = Files.createDirectory(folder.resolve("killed.json.cells"));
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        TinySet.write(folder.resolve("data"), new Random(4), IMAGES, "fog", "rain", "snow");
    }

    private String[] command(String json, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "replay",
                "--model",
                folder.resolve("net.onnx").toString(),
                "--data",
                folder.resolve("data").toString(),
                "--method",
                "source,tent,stalling",
                "--batch",
                "8",
                "--order",
                "shuffled",
                "--json",
                folder.resolve(json).toString()));
        line.addAll(List.of(more));
        return line.toArray(String[]::new);
    }

    private void writeCard(String json) throws IOException {
        Files.writeString(folder.resolve("net.card.json"), json);
    }

    @Test
    void aReplayThatWasKilledGoesOn() throws Exception {
        writeCard("{\"mean\": [0.1, 0.2, 0.3]}");
        killBehindTheFirstCell();

        assertThat(folder.resolve("killed.json")).doesNotExist();
        List<Path> kept = cells();
        assertThat(kept).hasSize(1);
        JsonNode cell = new ObjectMapper().readTree(kept.get(0).toFile());

        JsonNode resumed = replay("killed.json");

        assertThat(cells).doesNotExist();
        // The first stream was not replayed again: its timings are the killed process's.
        for (int method = 0; method < 3; method++) {
            double slowest = cell.get(method).get("latency").get("max").asDouble();
            assertThat(resumed.get("results")
                            .get(method)
                            .get("latencyMs")
                            .get("max")
                            .asDouble())
                    .isEqualTo(Math.round(1000 * slowest) / 1000.0);
        }
        assertThat(Timings.without(resumed)).isEqualTo(Timings.without(replay("atonce.json")));
    }

    @Test
    void whateverElseDeterminesResultsBeginsAgain() throws Exception {
        writeCard("{\"mean\": [0.1, 0.2, 0.3]}");
        killBehindTheFirstCell();
        List<Path> kept = cells();

        beginsAgain(kept, "--set", "tent.learningRate=0.02");
        beginsAgain(kept, "--set", "guard.distance=0.2");
        beginsAgain(kept, "--bad-files", "skip");
        beginsAgain(kept, "--card", "none");
        beginsAgain(kept, "--std", "0.5,0.5,0.5");
        writeCard("{\"mean\": [0.1, 0.2, 0.4]}");
        beginsAgain(kept);
        writeCard("{\"mean\": [0.1, 0.2, 0.3], \"classes\": [\"ant\", \"bee\", \"cat\"]}");
        beginsAgain(kept);
        // The card says what it said: the cell is found, and goes with the report.
        writeCard("{\"mean\": [0.1, 0.2, 0.30]}");
        replay("killed.json");
        assertThat(cells).doesNotExist();
    }

    /** What the killed command has finished is still there for it. */
    private void beginsAgain(List<Path> kept, String... other) throws IOException {
        Outcome outcome = Outcome.of(command("killed.json", other));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(cells()).isEqualTo(kept);
        Files.delete(folder.resolve("killed.json"));
    }

    private void killBehindTheFirstCell() throws IOException, InterruptedException {
        try (WatchService watch = cells.getFileSystem().newWatchService()) {
            cells.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            List<String> line = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-D" + Stalling.STALL_AT + "=" + SECOND_STREAM,
                    Tta.class.getName()));
            line.addAll(List.of(command("killed.json")));
            Process process = new ProcessBuilder(line)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(folder.resolve("errors.txt").toFile())
                    .start();
            CompletableFuture<Void> end = process.onExit().thenRun(() -> closeQuietly(watch));
            try {
                while (cells().isEmpty()) {
                    WatchKey key = watch.take();
                    key.pollEvents();
                    key.reset();
                }
            } finally {
                process.destroyForcibly();
                end.join();
            }
        }
    }

    /** Nobody is to wait for files of a process that has ended. */
    private static void closeQuietly(WatchService watch) {
        try {
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> cells() throws IOException {
        try (Stream<Path> files = Files.list(cells)) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    private JsonNode replay(String json) throws IOException {
        Outcome outcome = Outcome.of(command(json));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        return new ObjectMapper().readTree(folder.resolve(json).toFile());
    }
}
