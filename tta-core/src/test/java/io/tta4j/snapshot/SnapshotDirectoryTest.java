package io.tta4j.snapshot;

import static io.tta4j.snapshot.States.METHOD;
import static io.tta4j.snapshot.States.MODEL;
import static io.tta4j.snapshot.States.bits;
import static io.tta4j.snapshot.States.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotDirectoryTest {

    @TempDir
    private Path root;

    private SnapshotDirectory store;

    @BeforeEach
    void open() throws IOException {
        store = SnapshotDirectory.open(root);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void reopen() throws IOException {
        store.close();
        store = SnapshotDirectory.open(root);
    }

    private Path folder(String stream) {
        String hash = new StreamKey(stream).hash();
        return root.resolve(hash.substring(0, 2)).resolve(hash.substring(2));
    }

    private List<Path> files(String stream) throws IOException {
        try (Stream<Path> files = Files.list(folder(stream))) {
            return files.sorted().toList();
        }
    }

    private float latest(String stream) throws IOException {
        return store.latest(stream, MODEL, METHOD)
                .orElseThrow()
                .snapshot()
                .state()
                .theta()
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "camera-17", "../..", "a/b\\c:d*", "CON", "犬", "."})
    void savesUnderAnyKey(String stream) throws IOException {
        Snapshot snapshot = new Snapshot(MODEL, METHOD, States.random(3));

        SnapshotStore.Written written = store.save(stream, snapshot);
        reopen();

        StoredSnapshot stored = store.latest(stream, MODEL, METHOD).orElseThrow();
        assertThat(stored.version()).isEqualTo(written.version()).isEqualTo(1);
        assertThat(stored.damaged()).isEmpty();
        assertThat(bits(stored.snapshot().state())).isEqualTo(bits(snapshot.state()));
        assertThat(store.keys()).containsExactly(stream);
        assertThat(files(stream)).hasSize(1);
        assertThat(Files.size(files(stream).get(0))).isEqualTo(written.bytes());
    }

    /** A stream that goes away while the keys are read is not among them, or was. */
    @Test
    void tellsKeysWhileStreamsAreRemoved() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (SnapshotDirectory other = UnforcedDirectory.open(root.resolve("other"))) {
            other.save("stays", snapshot(1));
            Future<?> removing = pool.submit(() -> {
                for (int i = 0; i < 500; i++) {
                    other.save("goes", snapshot(1));
                    other.remove("goes");
                }
                return "done";
            });
            while (!removing.isDone()) {
                assertThat(other.keys()).contains("stays");
            }
            removing.get();
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void keepsTheLastThreeVersions() throws IOException {
        for (int i = 1; i <= 5; i++) {
            assertThat(store.save("a", snapshot(i)).version()).isEqualTo(i);
        }

        assertThat(store.versions("a")).containsExactly(3L, 4L, 5L);
        assertThat(latest("a")).isEqualTo(5);
        assertThat(store.at("a", 4).orElseThrow().snapshot()).isEqualTo(snapshot(4));
        assertThat(store.at("a", 2)).isEmpty();
        assertThat(store.latest("b", MODEL, METHOD)).isEmpty();
        assertThat(store.versions("b")).isEmpty();
    }

    @Test
    void rollsBackToAnyKeptVersion() throws IOException {
        for (int i = 1; i <= 4; i++) {
            store.save("a", snapshot(i));
        }

        assertThat(store.rollBack("a", 2).version()).isEqualTo(5);

        assertThat(latest("a")).isEqualTo(2);
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> store.rollBack("a", 2))
                .withMessage("stream 'a' must have the version to roll back to, 2, but has [3, 4, 5]");
    }

    @Test
    void fallsBackToTheVersionBeforeADamagedOne() throws IOException {
        for (int i = 1; i <= 3; i++) {
            store.save("a", snapshot(i));
        }
        List<Path> files = files("a");
        Files.write(files.get(2), new byte[0]);
        byte[] bytes = Files.readAllBytes(files.get(1));
        bytes[bytes.length - 1] ^= 1;
        Files.write(files.get(1), bytes);

        StoredSnapshot stored = store.latest("a", MODEL, METHOD).orElseThrow();

        assertThat(stored.version()).isEqualTo(1);
        assertThat(stored.damaged())
                .hasSize(2)
                .satisfies(problems -> assertThat(problems.get(0))
                        .startsWith("version 3: '" + files.get(2).getFileName())
                        .contains("it ends after 0 bytes"))
                .satisfies(problems ->
                        assertThat(problems.get(1)).startsWith("version 2: ").contains("its SHA-256 is"));
        assertThat(store.save("a", snapshot(4)).version()).isEqualTo(4);
        assertThat(latest("a")).isEqualTo(4);

        Files.write(files("a").get(2), new byte[0]);
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> store.latest("a", MODEL, METHOD))
                .withMessageStartingWith(
                        "stream 'a' must have an undamaged snapshot, but all were refused: version 4: ");
    }

    @Test
    void anotherModelsOrMethodsVersionsAreRefusedAndStay() throws IOException {
        for (int i = 1; i <= 3; i++) {
            store.save("a", snapshot(i));
        }

        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> store.latest("a", "other", METHOD))
                .withMessageStartingWith(
                        "stream 'a': a snapshot must be of the model that it is used with, other, but was of " + MODEL);
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> store.latest("a", MODEL, "tent"))
                .withMessageStartingWith("stream 'a': a snapshot must be of method 'tent', but was of 'sar'");

        for (int i = 4; i <= 8; i++) {
            store.save("a", new Snapshot("other", METHOD, States.of(i)));
        }
        assertThat(store.versions("a")).containsExactly(1L, 2L, 3L, 6L, 7L, 8L);
        assertThat(latest("a")).isEqualTo(3);
        assertThat(store.latest("a", "other", METHOD).orElseThrow().version()).isEqualTo(8);
    }

    @Test
    void aFileInAnothersPlaceIsRefused() throws IOException {
        store.save("a", snapshot(1));
        store.save("b", snapshot(2));
        Files.copy(
                files("b").get(0),
                folder("a").resolve(files("b").get(0).getFileName().toString().replace("1-", "2-")));

        StoredSnapshot stored = store.latest("a", MODEL, METHOD).orElseThrow();

        assertThat(stored.version()).isEqualTo(1);
        assertThat(stored.damaged().get(0)).contains("must be version 2 of stream 'a', but says that it is another");
    }

    @Test
    void aRemovedStreamIsGone() throws IOException {
        store.save("a", snapshot(1));
        store.save("b", snapshot(2));

        store.remove("a");
        store.remove("never there");

        assertThat(store.keys()).containsExactly("b");
        assertThat(store.latest("a", MODEL, METHOD)).isEmpty();
        assertThat(folder("a")).doesNotExist();
        assertThat(store.save("a", snapshot(3)).version()).isEqualTo(1);
    }

    @Test
    void leftoversAreDeletedWhenOpened() throws IOException {
        store.save("a", snapshot(1));
        Path unfinished = Files.write(folder("a").resolve(files("a").get(0).getFileName() + ".tmp"), new byte[3]);
        Path removed = Files.createDirectory(folder("a").resolveSibling("x.removed"));
        Files.write(removed.resolve("f"), new byte[3]);

        reopen();

        assertThat(unfinished).doesNotExist();
        assertThat(removed).doesNotExist();
        assertThat(latest("a")).isEqualTo(1);
    }

    @Test
    void belongsToOneAtATime() throws IOException {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SnapshotDirectory.open(root))
                .withMessage(
                        "a snapshot directory must belong to one process at a time, but '%s' is in use by this process; close it there, or give each its own"
                                .formatted(root));
        reopen();
        assertThat(store.keys()).isEmpty();
    }

    @Test
    void closedItRefuses() throws IOException {
        store.close();
        store.close();

        assertThatIllegalStateException().isThrownBy(() -> store.save("a", snapshot(1)));
        assertThatIllegalStateException().isThrownBy(() -> store.latest("a", MODEL, METHOD));
        assertThatIllegalStateException().isThrownBy(() -> store.keys());
    }

    @Test
    void aKeyThatIsTooLongIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.save("x".repeat(513), snapshot(1)))
                .withMessageContaining("at most 512 bytes");
        assertThatIllegalArgumentException().isThrownBy(() -> SnapshotDirectory.open(root.resolve("x"), 0));
    }

    /** The superuser may write anywhere, so a file in the way has to do. */
    @Test
    void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.write(root.resolve("file"), new byte[1]);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SnapshotDirectory.open(file.resolve("snapshots")))
                .withMessageStartingWith("snapshots must have a directory that can be written to, but '" + file);
    }

    @Test
    void aFolderThatCannotBeWrittenToIsNamed() throws IOException {
        store.save("a", snapshot(1));
        assumeTrue(
                folder("a").toFile().setWritable(false) && !Files.isWritable(folder("a")),
                "skipped: may write anywhere");
        try {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> store.save("a", snapshot(2)))
                    .withMessageContaining("make sure that there is space and the right to write");
            assertThat(latest("a")).isEqualTo(1);
        } finally {
            assertThat(folder("a").toFile().setWritable(true)).isTrue();
        }
    }

    /** Fails at each call in turn, until none is left to fail; then the next save goes well. */
    @ParameterizedTest
    @CsvSource({
        "NOTHING, false, 0", "HALF, false, 0", "ALL, false, 0", "NOTHING, false, 4", "HALF, false, 4", "ALL, false, 4",
        "NOTHING, true, 0", "HALF, true, 0", "ALL, true, 0", "NOTHING, true, 4", "HALF, true, 4", "ALL, true, 4",
    })
    void noFailureHarmsTheVersionsBefore(FaultyDisk.Done done, boolean crash, int before, @TempDir Path folder)
            throws IOException {
        int failures = 0;
        for (int k = 1; ; k++) {
            Path directory = folder.resolve("at" + k);
            FaultyDisk disk = new FaultyDisk();
            boolean failed = false;
            try (SnapshotDirectory faulty = SnapshotDirectory.open(directory, 3, disk)) {
                for (int i = 1; i <= before; i++) {
                    faulty.save("a", snapshot(i));
                }
                disk.failAt(k, done, crash);
                try {
                    faulty.save("a", snapshot(before + 1));
                } catch (IOException e) {
                    failed = true;
                    assertThat(e)
                            .hasMessageContainingAll("stream 'a' could not be saved in '", "No space left on device");
                }
                if (!crash) {
                    Optional<StoredSnapshot> latest = faulty.latest("a", MODEL, METHOD);
                    assertThat(latest.map(StoredSnapshot::damaged).orElse(List.of()))
                            .isEmpty();
                    disk.failAt(Integer.MAX_VALUE, done, false);
                    faulty.save("a", snapshot(100));
                }
            }
            disk.cutPower();
            try (SnapshotDirectory after = SnapshotDirectory.open(directory)) {
                Optional<StoredSnapshot> latest = after.latest("a", MODEL, METHOD);
                float value = latest.map(
                                stored -> stored.snapshot().state().theta().get(0))
                        .orElse(0f);
                assertThat(latest.map(StoredSnapshot::damaged).orElse(List.of()))
                        .isEmpty();
                if (crash) {
                    // What save has returned for is there; what it has thrown for may be.
                    assertThat(value).isIn(failed ? (float) before : before + 1f, before + 1f);
                } else {
                    assertThat(value).isEqualTo(100);
                }
                try (Stream<Path> all = Files.walk(directory)) {
                    assertThat(all.filter(file -> file.toString().endsWith(".tmp")))
                            .isEmpty();
                }
            }
            if (!disk.failed() && k > 1 && !failed) {
                break;
            }
            failures += failed ? 1 : 0;
            assertThat(k).isLessThan(50);
        }
        assertThat(failures).isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(FaultyDisk.Done.class)
    void aRemovalThatIsInterruptedBringsNoEarlierVersionBack(FaultyDisk.Done done, @TempDir Path folder)
            throws IOException {
        for (int k = 1; k <= 7; k++) {
            Path directory = folder.resolve("at" + k);
            FaultyDisk disk = new FaultyDisk();
            try (SnapshotDirectory faulty = SnapshotDirectory.open(directory, 3, disk)) {
                for (int i = 1; i <= 3; i++) {
                    faulty.save("a", snapshot(i));
                }
                disk.failAt(k, done, true);
                try {
                    faulty.remove("a");
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("stream 'a' could not be removed from '");
                }
            }
            disk.cutPower();
            try (SnapshotDirectory after = SnapshotDirectory.open(directory)) {
                assertThat(after.latest("a", MODEL, METHOD)
                                .map(StoredSnapshot::version)
                                .orElse(3L))
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void manyThreadsSaveAndRead() throws Exception {
        int threads = 4;
        int saves = 12;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                String own = "own" + t;
                all.add(pool.submit(() -> {
                    for (int i = 1; i <= saves; i++) {
                        store.save(own, snapshot(i));
                        store.save("shared", snapshot(i));
                        assertThat(latest(own)).isEqualTo(i);
                        assertThat(store.latest("shared", MODEL, METHOD)
                                        .orElseThrow()
                                        .damaged())
                                .isEmpty();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdown();
        }
        assertThat(store.versions("shared")).containsExactly(46L, 47L, 48L);
        assertThat(store.keys())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of("shared"), IntStream.range(0, threads).mapToObj(t -> "own" + t))
                        .toList());
    }

    @Test
    void theLockFileTellsTheProcess() throws IOException {
        assertThat(root.resolve("lock"))
                .hasContent(Long.toString(ProcessHandle.current().pid()));
        Files.writeString(root.resolve("lock"), "99999999999", StandardOpenOption.TRUNCATE_EXISTING);
        reopen();
        assertThat(root.resolve("lock"))
                .hasContent(Long.toString(ProcessHandle.current().pid()));
    }
}
