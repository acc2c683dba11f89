package io.tta4j.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.State;
import io.tta4j.model.Vector;
import io.tta4j.snapshot.MapStore;
import io.tta4j.snapshot.Snapshot;
import io.tta4j.snapshot.SnapshotDirectory;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.UnforcedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class StateCacheTest {

    private static final long ONE_STATE = 1500;
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final MapStore store = new MapStore();
    private final Events events = new Events();
    private final List<RuntimeEvent> told = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();

    private StateCache<Walk> cache(long bytes) {
        return cache(bytes, Runnable::run);
    }

    private StateCache<Walk> cache(long bytes, Executor writer) {
        events.on(RuntimeEvent.class, told::add);
        return new StateCache<>(
                new CacheConfig(bytes, IDLE), Walk.FORM, Walk.ORIGIN, Optional.of(store), writer, now::get, events);
    }

    private <E extends RuntimeEvent> List<E> told(Class<E> type) {
        return told.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Test
    void aStreamIsOneObjectWhileItIsInMemory() {
        StateCache<Walk> cache = cache(64 << 20);

        try (var first = cache.acquire("a");
                var second = cache.acquire("a");
                var other = cache.acquire("b")) {
            assertThat(first.stream()).isSameAs(second.stream()).isNotSameAs(other.stream());
            first.stream().step();
            assertThat(second.stream().steps()).isEqualTo(1);
        }
        assertThat(cache.<Long>with("a", Walk::step)).isEqualTo(2);
        assertThat(store.reads).hasValue(2);
        assertThat(store.writes).hasValue(0);
        assertThat(told).isEmpty();
    }

    /** No room at all: every use begins with a read and ends with a write. */
    @Test
    void aStreamThatHadToLeaveGoesOnWithTheSameBits() {
        StateCache<Walk> cache = cache(1);

        for (int i = 1; i <= 5; i++) {
            assertThat(cache.<Long>with("a", Walk::step)).isEqualTo(i);
            assertThat(cache.size()).isZero();
        }

        assertThat(cache.with("a", Walk::state)).isEqualTo(Walk.at("a", 5));
        assertThat(store.steps("a")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(told(RuntimeEvent.Saved.class))
                .extracting(RuntimeEvent.Saved::version)
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(told(RuntimeEvent.Restored.class))
                .extracting(RuntimeEvent.Restored::version)
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(told(RuntimeEvent.Evicted.class)).hasSize(6);
    }

    @Test
    void whatHasLearnedNothingIsNotWritten() {
        StateCache<Walk> cache = cache(1);

        cache.with("a", Walk::state);
        cache.saveDirty();

        assertThat(store.writes).hasValue(0);
        assertThat(cache.size()).isZero();
    }

    @Test
    void whoIsInUseStays() {
        StateCache<Walk> cache = cache(1);
        var lease = cache.acquire("a");
        lease.stream().step();

        for (int i = 0; i < 100; i++) {
            cache.with("b" + i, Walk::step);
            cache.with("a", Walk::step);
        }
        now.addAndGet(IDLE.toNanos() * 2);
        cache.saveDirty();
        assertThat(cache.<Walk>with("a", stream -> stream)).isSameAs(lease.stream());
        assertThat(cache.size()).isEqualTo(1);
        assertThat(store.steps("a")).containsExactly(101L);
        lease.close();
        lease.close();

        assertThat(cache.size()).isZero();
        assertThat(cache.<Long>with("a", Walk::steps)).isEqualTo(101);
    }

    /** The step comes in the middle of the write of the one who leaves. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void aStepThatComesDuringTheWriteIsNotLost(int times) {
        StateCache<Walk> cache = cache(1);
        AtomicLong left = new AtomicLong(times);
        store.whileWriting = () -> {
            if (left.getAndDecrement() > 0) {
                cache.with("a", Walk::step);
            }
        };

        cache.with("a", Walk::step);

        assertThat(cache.size()).isZero();
        assertThat(store.steps("a")).last().isEqualTo(times + 1L);
        assertThat(cache.with("a", Walk::state)).isEqualTo(Walk.at("a", times + 1));
    }

    /** Written later, by another thread: who is asked for meanwhile does not leave. */
    @Test
    void whoIsAskedForBeforeItsWriteStays() {
        Queue<Runnable> later = new ArrayDeque<>();
        StateCache<Walk> cache = cache(1, later::add);
        Walk stream = cache.with("a", walk -> walk);
        cache.with("a", Walk::step);
        assertThat(later).isNotEmpty();

        try (var lease = cache.acquire("a")) {
            later.remove().run();
            assertThat(lease.stream()).isSameAs(stream);
            lease.stream().step();
        }
        while (!later.isEmpty()) {
            later.remove().run();
        }

        assertThat(cache.size()).isZero();
        assertThat(store.steps("a")).last().isEqualTo(2L);
    }

    @Test
    void oneReadsForAll() throws Exception {
        StateCache<Walk> cache = cache(64 << 20);
        int threads = 16;
        CountDownLatch asked = new CountDownLatch(threads);
        store.whileReading = () -> {
            try {
                asked.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Long>> steps = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                steps.add(pool.submit(() -> {
                    asked.countDown();
                    return cache.with("a", Walk::step);
                }));
            }
            List<Long> seen = new ArrayList<>();
            for (Future<Long> step : steps) {
                seen.add(step.get());
            }
            assertThat(seen)
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, threads)
                            .mapToObj(i -> (long) i)
                            .toList());
        } finally {
            pool.shutdown();
        }
        assertThat(store.reads).hasValue(1);
    }

    @Test
    void theBoundIsInBytesAndHolds() {
        StateCache<Walk> cache = cache(20 * ONE_STATE);

        for (int i = 0; i < 500; i++) {
            cache.with("stream " + i, Walk::step);
            assertThat(cache.bytes()).isLessThanOrEqualTo(20 * ONE_STATE);
        }

        assertThat(cache.size()).isBetween(10, 40);
    }

    @Test
    void aStateThatGrowsDrivesOthersOut() {
        StateCache<Walk> cache = cache(100 * ONE_STATE);
        for (int i = 0; i < 50; i++) {
            cache.with("stream " + i, Walk::step);
        }
        assertThat(cache.size()).isEqualTo(50);

        cache.with("stream 7", stream -> {
            stream.publish(stream.state().with("prototypes", Vector.zeros((int) (90 * ONE_STATE / Float.BYTES))));
            return stream;
        });

        assertThat(cache.size()).isLessThan(15);
        assertThat(cache.bytes()).isLessThanOrEqualTo(100 * ONE_STATE);
    }

    @Test
    void whoIsIdleLeaves() {
        StateCache<Walk> cache = cache(64 << 20);
        cache.with("a", Walk::step);
        now.addAndGet(IDLE.toNanos() / 2);
        cache.with("b", Walk::step);
        now.addAndGet(IDLE.toNanos() / 2 + 1);

        cache.saveDirty();

        assertThat(cache.size()).isEqualTo(1);
        assertThat(told(RuntimeEvent.Evicted.class))
                .extracting(RuntimeEvent.Evicted::stream)
                .containsExactly("a");
        assertThat(cache.<Long>with("a", Walk::steps)).isEqualTo(1);
    }

    @Test
    void onlyWhatHasChangedIsWrittenEachInterval() {
        StateCache<Walk> cache = cache(64 << 20);
        cache.with("a", Walk::step);
        cache.with("b", Walk::step);

        assertThat(cache.saveDirty()).isZero();
        cache.with("b", Walk::step);
        cache.with("b", Walk::step);
        assertThat(cache.saveDirty()).isZero();
        assertThat(cache.saveDirty()).isZero();

        assertThat(store.steps("a")).containsExactly(1L);
        assertThat(store.steps("b")).containsExactly(1L, 3L);
        assertThat(cache.size()).isEqualTo(2);
    }

    @Test
    void withoutAStoreWhoLeavesIsForgotten() throws IOException {
        events.on(RuntimeEvent.class, told::add);
        StateCache<Walk> cache = new StateCache<>(
                new CacheConfig(1, IDLE), Walk.FORM, Walk.ORIGIN, Optional.empty(), Runnable::run, now::get, events);

        cache.with("a", Walk::step);

        assertThat(cache.<Long>with("a", Walk::steps)).isZero();
        assertThat(told).hasOnlyElementsOfType(RuntimeEvent.Evicted.class).hasSize(2);
        assertThat(cache.keys()).isEmpty();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> cache.rollBack("a", 1))
                .withMessage("versions must be in a store, but there is none");
    }

    /** What is in the store is never overwritten by a stream that could not be read. */
    @Test
    void aStoreThatCannotBeReadIsAskedAgain() {
        StateCache<Walk> cache = cache(64 << 20);
        cache.with("a", Walk::step);
        cache.close();
        StateCache<Walk> next = cache(64 << 20);
        store.unreadable = true;

        assertThat(next.<Long>with("a", Walk::step)).isEqualTo(1);
        next.saveDirty();
        assertThat(store.steps("a")).containsExactly(1L);
        assertThat(told(RuntimeEvent.StoreFailed.class)).isNotEmpty().allSatisfy(failed -> {
            assertThat(failed.stream()).isEqualTo("a");
            assertThat(failed.reason()).contains("Input/output error");
        });

        store.unreadable = false;
        assertThat(next.<Long>with("a", Walk::step)).isEqualTo(2);
        next.close();
        assertThat(store.steps("a")).containsExactly(1L, 2L);
    }

    /** Such as a library of the store's that is not there, or no memory for what is to be written. */
    @Test
    void anErrorOfTheStoreIsAFailureOfTheStore() {
        Runnable failing = () -> {
            throw new NoClassDefFoundError("on purpose");
        };
        StateCache<Walk> cache = cache(64 << 20);
        store.whileReading = failing;
        assertThat(cache.<Long>with("a", Walk::step)).isEqualTo(1);
        store.whileReading = () -> {};
        assertThat(cache.<Long>with("a", Walk::step)).isEqualTo(1);
        store.whileWriting = failing;
        assertThat(cache.saveDirty()).isEqualTo(1);
        store.whileWriting = () -> {};
        assertThat(cache.saveDirty()).isZero();

        assertThat(told(RuntimeEvent.StoreFailed.class))
                .extracting(RuntimeEvent.StoreFailed::reason)
                .hasSize(2)
                .allMatch(reason -> reason.contains("on purpose"));
        assertThat(store.steps("a")).containsExactly(1L);
    }

    @Test
    void whoCannotBeWrittenStaysWhileThereIsMemory() {
        StateCache<Walk> cache = cache(10 * ONE_STATE);
        store.full = true;

        for (int i = 0; i < 100; i++) {
            cache.with("stream " + i, Walk::step);
        }
        int kept = cache.size();
        assertThat(kept).isBetween(10, 40);
        assertThat(told(RuntimeEvent.StoreFailed.class))
                .anySatisfy(failed -> assertThat(failed.reason()).contains("No space left on device"))
                .anySatisfy(failed -> assertThat(failed.reason()).contains("is lost"));
        assertThat(told(RuntimeEvent.Evicted.class)).hasSize(100 - kept);
        assertThat(cache.saveDirty()).isEqualTo(kept);

        store.full = false;
        assertThat(cache.saveDirty()).isZero();
        assertThat(store.keys().count()).isEqualTo(kept);
        assertThat(cache.bytes()).isLessThanOrEqualTo(10 * ONE_STATE);
        assertThat(cache.size()).isLessThan(kept);
    }

    @Test
    void listsAStreamThatLeavesMemoryMeanwhile() throws IOException {
        StateCache<Walk> cache = cache(1);
        var lease = cache.acquire("a");
        lease.stream().step();
        store.whileListing = lease::close;

        assertThat(cache.keys()).containsExactly("a");
        assertThat(cache.size()).isZero();
        assertThat(store.steps("a")).containsExactly(1L);
    }

    @Test
    void removesCopiesAndRollsBack() throws IOException {
        StateCache<Walk> cache = cache(1);
        cache.with("a", Walk::step);
        cache.with("a", Walk::step);
        cache.with("b", Walk::step);
        assertThat(cache.keys()).containsExactly("a", "b");

        cache.copy("a", "");
        assertThat(cache.with("", Walk::state)).isEqualTo(Walk.at("a", 2));

        cache.rollBack("a", 1);
        assertThat(cache.with("a", Walk::state)).isEqualTo(Walk.at("a", 1));
        assertThat(told(RuntimeEvent.RolledBack.class)).containsExactly(new RuntimeEvent.RolledBack("a", "caller"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> cache.rollBack("a", 9))
                .withMessage("stream 'a' must have version 9, but it is not kept");

        var lease = cache.acquire("b");
        cache.remove("b");
        lease.stream().step();
        assertThat(cache.<Long>with("b", Walk::steps)).isZero();
        lease.close();
        assertThat(cache.keys()).containsExactly("", "a");
        assertThat(cache.<Long>with("b", Walk::steps)).isZero();

        store.full = true;
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> cache.remove("a"));
        assertThat(cache.<Long>with("a", Walk::steps)).isEqualTo(1);
    }

    /** A key that nobody was served under is a mistake of whoever types it. */
    @Test
    void copiesFromNoStreamThatIsNotThere() throws IOException {
        StateCache<Walk> cache = cache(64 << 20);
        cache.with("to", Walk::step);

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.copy("form", "to"))
                    .withMessage(
                            "a stream must have been served to be copied from, but stream 'form' is neither in memory nor in a store");
        }
        assertThat(cache.keys()).containsExactly("to");
        assertThat(cache.with("to", Walk::state)).isEqualTo(Walk.at("to", 1));

        cache.with("a", Walk::step);
        cache.close();
        StateCache<Walk> next = cache(64 << 20);
        next.copy("a", "to");
        assertThat(next.with("to", Walk::state)).isEqualTo(Walk.at("a", 1));
        assertThat(next.size()).isEqualTo(1);
        store.unreadable = true;
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> next.copy("a", "to"));
        assertThat(next.with("to", Walk::state)).isEqualTo(Walk.at("a", 1));
    }

    @Test
    void closingWritesWhatHasChanged() {
        StateCache<Walk> cache = cache(64 << 20);
        cache.with("a", Walk::step);
        var lease = cache.acquire("b");
        lease.stream().step();

        cache.close();
        assertThat(store.steps("a")).containsExactly(1L);
        assertThat(store.steps("b")).containsExactly(1L);
        assertThatIllegalStateException()
                .isThrownBy(() -> cache.acquire("a"))
                .withMessage("the streams must be open, but are closed");

        lease.stream().step();
        lease.close();
        assertThat(store.steps("b")).containsExactly(1L, 2L);
        assertThat(cache.size()).isZero();
    }

    @Test
    void keysAreBounded() {
        StateCache<Walk> cache = cache(1);

        assertThatIllegalArgumentException().isThrownBy(() -> cache.acquire("x".repeat(513)));
        assertThatIllegalArgumentException().isThrownBy(() -> cache.acquire("a\nb"));
        assertThat(cache.size()).isZero();
    }

    /** Damaged: the version before. Of another model, or of another size: from the beginning, and that is told. */
    @Test
    void whatIsRefusedIsToldAndServedOn(@TempDir Path root) throws IOException {
        events.on(RuntimeEvent.class, told::add);
        try (SnapshotDirectory directory = SnapshotDirectory.open(root)) {
            directory.save("a", new Snapshot("1-2-3", "walk", Walk.at("a", 1)));
            directory.save("a", new Snapshot("1-2-3", "walk", Walk.at("a", 2)));
            directory.save("other", new Snapshot("9-9-9", "walk", Walk.at("other", 1)));
            directory.save("size", new Snapshot("1-2-3", "walk", State.of(Vector.of(1))));
            try (Stream<Path> files = Files.walk(root)) {
                Path newest = files.filter(file -> file.toString().contains("000002-"))
                        .findFirst()
                        .orElseThrow();
                Files.write(newest, Arrays.copyOf(Files.readAllBytes(newest), 200));
            }
            StateCache<Walk> cache = new StateCache<>(
                    new CacheConfig(1, IDLE),
                    Walk.FORM,
                    Walk.ORIGIN,
                    Optional.of(directory),
                    Runnable::run,
                    now::get,
                    events);

            assertThat(cache.with("a", Walk::state)).isEqualTo(Walk.at("a", 1));
            assertThat(told(RuntimeEvent.StoreFailed.class))
                    .singleElement()
                    .satisfies(failed -> assertThat(failed.reason()).startsWith("version 2: '0000000000000000002-"));
            told.clear();
            assertThat(cache.<Long>with("other", Walk::step)).isEqualTo(1);
            assertThat(told(RuntimeEvent.StoreFailed.class))
                    .singleElement()
                    .satisfies(failed -> assertThat(failed.reason()).contains("1-2-3, but was of 9-9-9"));
            told.clear();
            assertThat(cache.<Long>with("size", Walk::step)).isEqualTo(1);
            assertThat(told(RuntimeEvent.StoreFailed.class))
                    .singleElement()
                    .satisfies(failed -> assertThat(failed.reason()).contains("the 24 values of the model, but had 1"));
            assertThat(cache.<Long>with("other", Walk::steps)).isEqualTo(1);
            assertThat(directory.latest("other", "9-9-9", "walk")).isPresent();
        }
    }

    /** Each step is seen by exactly one thread, however often the stream has left and come back. */
    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 12, false", "3, 30, false", "4, 1, true", "5, 12, true", "6, 200, true"})
    void noUpdateIsLostUnderLoad(long seed, int states, boolean background) throws Exception {
        int keys = 60;
        int threads = 4;
        int steps = 4000;
        AtomicLongArray taken = new AtomicLongArray(keys);
        AtomicLongArray sums = new AtomicLongArray(keys);
        Events silent = new Events();
        try (StateWriter writer = new StateWriter("test", 8)) {
            StateCache<Walk> cache = new StateCache<>(
                    new CacheConfig(states * ONE_STATE, IDLE),
                    Walk.FORM,
                    Walk.ORIGIN,
                    Optional.of(store),
                    background ? writer : Runnable::run,
                    now::get,
                    silent);
            AtomicBoolean running = new AtomicBoolean(true);
            ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    Random random = new Random(seed * 1000 + t);
                    all.add(pool.submit(() -> {
                        for (int i = 0; i < steps; i++) {
                            int k = (int) Math.min(keys - 1, Math.abs(random.nextGaussian()) * keys / 2);
                            String key = "key " + k;
                            try (var lease = cache.acquire(key)) {
                                long step = lease.stream().step();
                                taken.incrementAndGet(k);
                                sums.addAndGet(k, step);
                                if (random.nextInt(4) == 0) {
                                    Thread.onSpinWait();
                                }
                            }
                            if (random.nextInt(50) == 0) {
                                now.addAndGet(IDLE.toNanos() / 3);
                            }
                        }
                    }));
                }
                Future<?> saver = pool.submit(() -> {
                    while (running.get()) {
                        cache.saveDirty();
                    }
                });
                for (Future<?> one : all) {
                    one.get();
                }
                running.set(false);
                saver.get();
            } finally {
                running.set(false);
                pool.shutdown();
            }
            cache.close();
            assertThat(cache.size()).isZero();
        }
        for (int k = 0; k < keys; k++) {
            long count = taken.get(k);
            // 1 + 2 + ... + n: no number was seen twice or never.
            assertThat(sums.get(k)).as("key %d", k).isEqualTo(count * (count + 1) / 2);
            if (count > 0) {
                List<Long> saved = store.steps("key " + k);
                assertThat(saved).as("key %d", k).last().isEqualTo(count);
                assertThat(saved).isSorted().doesNotHaveDuplicates();
                assertThat(store.at("key " + k, saved.size())
                                .orElseThrow()
                                .snapshot()
                                .state())
                        .isEqualTo(Walk.at("key " + k, count));
            }
        }
    }

    @Test
    void tenThousandStreamsHaveTheBitsOfAPlainMap() throws IOException {
        tenThousandStreams(store);
    }

    @Test
    @Tag("soak")
    void tenThousandStreamsInFilesHaveTheBitsOfAPlainMap(@TempDir Path root) throws IOException {
        try (SnapshotDirectory directory = UnforcedDirectory.open(root)) {
            tenThousandStreams(directory);
        }
    }

    private void tenThousandStreams(SnapshotStore files) throws IOException {
        int keys = 10_000;
        long bytes = 300 * ONE_STATE;
        Map<String, Long> plain = new HashMap<>();
        Random random = new Random(7);
        StateCache<Walk> cache = new StateCache<>(
                new CacheConfig(bytes, IDLE),
                Walk.FORM,
                Walk.ORIGIN,
                Optional.of(files),
                Runnable::run,
                now::get,
                new Events());
        for (int i = 0; i < 2 * keys; i++) {
            String key = "stream " + (i < keys ? i : random.nextInt(keys));
            long expected = plain.merge(key, 1L, Long::sum);
            cache.with(key, stream -> {
                assertThat(stream.step()).isEqualTo(expected);
                assertThat(stream.state()).isEqualTo(Walk.at(key, expected));
                return key;
            });
            assertThat(cache.bytes()).isLessThanOrEqualTo(bytes);
            assertThat(cache.size()).isLessThan(600);
        }
        cache.close();
        assertThat(files.keys()).hasSize(keys);
        for (Map.Entry<String, Long> stream : plain.entrySet()) {
            assertThat(files.latest(stream.getKey(), "1-2-3", "walk")
                            .orElseThrow()
                            .snapshot()
                            .state())
                    .isEqualTo(Walk.at(stream.getKey(), stream.getValue()));
        }
    }
}
