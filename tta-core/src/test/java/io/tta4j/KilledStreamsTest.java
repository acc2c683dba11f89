package io.tta4j;

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

/** Kills a process that serves, learns and saves, again and again, and looks at what it has left. */
@Timeout(900)
class KilledStreamsTest {

    @TempDir
    private Path root;

    /** Rows that are surely in the store, those that were learned, and those that can have been. */
    private final long[] saved = new long[StreamsProcess.KEYS];

    private final long[] learned = new long[StreamsProcess.KEYS];
    private final long[] offered = new long[StreamsProcess.KEYS];

    /** What was learned when the model's own stream was last saved, and the time before. */
    private long[] learnedAtSave = new long[StreamsProcess.KEYS];

    private long[] learnedBefore = new long[StreamsProcess.KEYS];

    private boolean failed;
    private long lost;
    private int ranges;

    @Test
    void everyStartGoesOnFromTheLatestInterval() throws Exception {
        kill(4);
    }

    @Test
    @Tag("soak")
    void everyOfFiftyStartsGoesOnFromTheLatestInterval() throws Exception {
        kill(50);
        System.out.printf(
                "50 kills: %d rows of those that were learned were lost, intervals checked %d times%n", lost, ranges);
    }

    private void kill(int times) throws Exception {
        Random random = new Random(23);
        for (int i = 0; i < times; i++) {
            runAndKill(random.nextLong(), random.nextInt(10), 1 + random.nextInt(2000));
            assertThat(failed).isFalse();
            // No file under its own name is torn, old versions included.
            for (Path file : files(".safetensors")) {
                SnapshotFile.read(file);
            }
            look();
        }
        assertThat(ranges).isPositive();
    }

    /** Kills a process that goes on where the one before has ended, after so many intervals and then lines. */
    private void runAndKill(long seed, int intervals, int lines) throws IOException, InterruptedException {
        Path errors = root.resolveSibling(root.getFileName() + ".errors");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StreamsProcess.class.getName(),
                        root.toString(),
                        Long.toString(seed))
                .redirectError(errors.toFile())
                .start();
        int last = ranges + intervals;
        int read = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                note(line.split(" "));
                read += ranges >= last ? 1 : 0;
                if (read == lines) {
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
    private void note(String[] words) {
        if (words[0].equals("failed")) {
            failed = true;
        } else if (words.length > 1 && words[1].matches("\\d")) {
            int k = Integer.parseInt(words[1]);
            switch (words[0]) {
                case "offered" -> offered[k]++;
                case "learned" -> {
                    if (words.length == 3 && words[2].matches("\\d+")) {
                        learned[k] = Math.max(learned[k], Long.parseLong(words[2]));
                    }
                }
                case "saved" -> {
                    if (k == 0) {
                        interval();
                    }
                }
                default -> {}
            }
        }
    }

    /**
     * The model's own stream never leaves, so that it is written by those writes of all that has changed, somewhere
     * among the others. Once it is written for the third time, the write that took it along the second time has ended,
     * which began after the first: what was learned before the first is in the store.
     */
    private void interval() {
        System.arraycopy(learnedBefore, 0, saved, 0, saved.length);
        learnedBefore = learnedAtSave;
        learnedAtSave = learned.clone();
        ranges++;
    }

    /** Each stream stands between what was surely saved and what was offered. */
    private void look() throws IOException {
        RowModel model = new RowModel();
        try (SnapshotDirectory directory = SnapshotDirectory.open(root)) {
            assertThat(files(".tmp")).isEmpty();
            for (int k = 0; k < StreamsProcess.KEYS; k++) {
                String key = StreamsProcess.key(k);
                Optional<StoredSnapshot> latest = directory.latest(key, model.fingerprint(), "summing");
                long rows = latest.map(stored ->
                                (long) stored.snapshot().state().theta().get(0) - 1)
                        .orElse(0L);
                assertThat(rows).as(key).isBetween(saved[k], offered[k]);
                lost += Math.max(0, learned[k] - rows);
                latest.ifPresent(stored -> {
                    assertThat(stored.damaged()).isEmpty();
                    assertThat(stored.snapshot().counters().get("adaptedSamples"))
                            .isNotNegative();
                });
                // The next process goes on from here.
                saved[k] = rows;
                learned[k] = rows;
                learnedAtSave[k] = rows;
                learnedBefore[k] = rows;
                offered[k] = rows;
            }
        }
    }

    private List<Path> files(String end) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(end)).toList();
        }
    }
}
