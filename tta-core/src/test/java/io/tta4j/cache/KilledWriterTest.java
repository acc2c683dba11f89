package io.tta4j.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.snapshot.SnapshotDirectory;
import io.tta4j.snapshot.SnapshotFile;
import io.tta4j.snapshot.StoredSnapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that steps and saves streams, again and again, and looks at what it has left. */
@Timeout(600)
class KilledWriterTest {

    @TempDir
    private Path root;

    private final long[] announced = new long[WalkProcess.KEYS];
    private final long[] saved = new long[WalkProcess.KEYS];
    private int unfinished;

    @Test
    void everyStartFindsAllThatWasSaved() throws Exception {
        kill(6);
    }

    @Test
    @Tag("soak")
    void everyOfFiftyStartsFindsAllThatWasSaved() throws Exception {
        kill(50);
        System.out.printf("50 kills, after %d of them a write had been left unfinished%n", unfinished);
    }

    private void kill(int times) throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < times; i++) {
            runAndKill(random.nextLong(), 50 + random.nextInt(1500));
            unfinished += count(".tmp") > 0 ? 1 : 0;
            // No file under its own name is torn, old versions included.
            for (Path file : files(".safetensors")) {
                SnapshotFile.read(file);
            }
            look();
        }
    }

    /** Kills a process that goes on where the one before has ended, after so many lines. */
    private void runAndKill(long seed, int lines) throws IOException, InterruptedException {
        Path errors = root.resolveSibling(root.getFileName() + ".errors");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WalkProcess.class.getName(),
                        root.toString(),
                        Long.toString(seed))
                .redirectError(errors.toFile())
                .start();
        int read = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                note(line);
                if (++read == lines) {
                    // Unlike the process itself, its handle leaves what it has written to be read.
                    var unused = process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(read).as(Files.readString(errors)).isGreaterThanOrEqualTo(lines);
        Files.delete(errors);
    }

    /** The last line may be cut off. */
    private void note(String line) {
        List<String> words = List.of(line.split(" "));
        if (words.size() == 3 && words.get(1).matches("\\d+") && words.get(2).matches("\\d+")) {
            int k = Integer.parseInt(words.get(1));
            long[] which = words.get(0).equals("saved") ? saved : announced;
            which[k] = Math.max(which[k], Long.parseLong(words.get(2)));
        }
    }

    /** Each stream stands between what was surely saved and what was begun, and every bit of it says the same step. */
    private void look() throws IOException {
        try (SnapshotDirectory directory = SnapshotDirectory.open(root)) {
            assertThat(count(".tmp")).isZero();
            for (int k = 0; k < WalkProcess.KEYS; k++) {
                String key = WalkProcess.key(k);
                Optional<StoredSnapshot> latest = directory.latest(key, "1-2-3", "walk");
                long steps = latest.map(stored ->
                                (long) stored.snapshot().state().scalar("steps").orElse(0))
                        .orElse(0L);
                assertThat(steps).as(key).isBetween(saved[k], announced[k]);
                latest.ifPresent(stored -> {
                    assertThat(stored.damaged()).isEmpty();
                    assertThat(stored.snapshot().state()).isEqualTo(Walk.at(key, steps));
                });
                // The next process goes on from here.
                announced[k] = steps;
                saved[k] = steps;
            }
        }
    }

    private int count(String end) throws IOException {
        return files(end).size();
    }

    private List<Path> files(String end) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(end)).toList();
        }
    }
}
