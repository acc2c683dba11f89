package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tta4j.audit.AuditConfig;
import io.tta4j.audit.AuditReplay;
import io.tta4j.audit.AuditTrail;
import io.tta4j.audit.Rebuilt;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.metrics.TtaMetrics;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.BatchNormNetwork;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.snapshot.MapStore;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.UnforcedDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many streams of one {@link AdaptiveModel}, with a store and without. */
@Timeout(120)
class StreamsTest {

    /** No state has room: each leaves memory as soon as nobody uses it. */
    private static final long NO_ROOM = 1;

    private static final Duration NEVER = Duration.ofDays(1);

    private final RowModel model = new RowModel();
    private final MapStore store = new MapStore();
    private final List<RuntimeEvent> heard = new CopyOnWriteArrayList<>();

    private static RuntimeConfig.Builder config(Execution execution) {
        return RuntimeConfig.custom()
                .execution(execution)
                .greatestAge(NEVER)
                .budget(Budget.share(1))
                .sliceRows(100)
                .streamBytes(NO_ROOM)
                .saveInterval(NEVER);
    }

    private AdaptiveModel.Builder summing(Execution execution) {
        return AdaptiveModel.builder(model, new RowModel.Summing())
                .config(config(execution).build());
    }

    private AdaptiveModel listened(AdaptiveModel.Builder builder) {
        AdaptiveModel adaptive = builder.build();
        adaptive.events().on(RuntimeEvent.class, heard::add);
        return adaptive;
    }

    private <E extends RuntimeEvent> List<E> heard(Class<E> type) {
        return heard.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static double theta(AdaptiveStream stream) {
        return stream.state().theta().get(0);
    }

    @Test
    void theEmptyKeyIsTheModelsOwn() throws IOException {
        try (AdaptiveModel adaptive = summing(Execution.INLINE).build()) {
            assertThat(adaptive.stream("")).isSameAs(adaptive);
            assertThat(adaptive.key()).isEmpty();
            assertThat(adaptive.stream("camera-17").key()).isEqualTo("camera-17");
            assertThat(adaptive.streams()).isEmpty();
            assertThat(adaptive.streamsInMemory()).isEqualTo(1);
            assertThatIllegalArgumentException().isThrownBy(() -> adaptive.stream("x".repeat(513)));
            assertThatIllegalArgumentException().isThrownBy(() -> adaptive.stream("a\nb"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> adaptive.removeStream(""))
                    .withMessageContaining("reset");
        }
    }

    /** Each use of a stream reads it and writes it, theta and moving statistics. */
    @ParameterizedTest
    @CsvSource({"INLINE, source", "INLINE, moving", "BACKGROUND, source", "BACKGROUND, moving"})
    void interleavedStreamsAreWhatEachIsAlone(Execution execution, String statistics, @TempDir Path root)
            throws IOException {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Method method = new Descending(statistics.equals("moving") ? Statistics.moving(10) : Statistics.SOURCE);
        Random random = new Random(11);
        List<String> keys = List.of("", "a", "b", "c");
        Map<String, List<Batch>> batches = new HashMap<>();
        List<String> order = new ArrayList<>();
        for (int request = 0; request < 32; request++) {
            String key = keys.get(random.nextInt(keys.size()));
            order.add(key);
            int rows = 1 + random.nextInt(4);
            batches.computeIfAbsent(key, any -> new ArrayList<>())
                    .add(network.batch(TestGraph.normal(random, rows * BatchNormNetwork.CHANNELS * network.positions)));
        }
        try (OnnxModel onnx = network.load(BatchNormNetwork.EPSILON);
                SnapshotStore directory = UnforcedDirectory.open(root)) {
            Map<String, State> alone = new HashMap<>();
            Map<String, Counters> counted = new HashMap<>();
            Map<String, List<Matrix>> answers = new HashMap<>();
            batches.forEach((key, own) -> {
                try (AdaptiveModel adaptive =
                        AdaptiveModel.of(onnx, method, config(execution).build())) {
                    answers.put(
                            key,
                            own.stream()
                                    .map(batch -> answer(adaptive, adaptive, batch))
                                    .toList());
                    alone.put(key, adaptive.state());
                    counted.put(key, adaptive.counters());
                }
            });
            Map<String, Integer> next = new HashMap<>();
            // Two runs of the same process, so to speak: the second goes on from what the first has saved.
            for (int half = 0; half < 2; half++) {
                try (AdaptiveModel adaptive = AdaptiveModel.builder(onnx, method)
                        .config(config(execution).build())
                        .store(directory)
                        .build()) {
                    for (String key : order.subList(half * 16, (half + 1) * 16)) {
                        int i = next.merge(key, 1, Integer::sum) - 1;
                        Matrix logits = answer(
                                adaptive,
                                adaptive.stream(key),
                                batches.getOrDefault(key, List.of()).get(i));
                        assertThat(logits)
                                .isEqualTo(answers.getOrDefault(key, List.of()).get(i));
                    }
                }
            }
            try (AdaptiveModel adaptive = AdaptiveModel.builder(onnx, method)
                    .config(config(execution).build())
                    .store(directory)
                    .build()) {
                for (String key : keys) {
                    assertThat(adaptive.stream(key).state()).isEqualTo(alone.get(key));
                    assertThat(adaptive.stream(key).counters()).isEqualTo(counted.get(key));
                }
                assertThat(adaptive.streams()).containsExactly("a", "b", "c");
            }
        }
    }

    private static Matrix answer(AdaptiveModel adaptive, AdaptiveStream stream, Batch batch) {
        Matrix logits = stream.predict(batch).logits();
        adaptive.flush();
        return logits;
    }

    /** What waits to be learned from keeps its stream in memory, and no longer than that. */
    @ParameterizedTest
    @EnumSource
    void whatIsPendingKeepsItsStream(Execution execution) {
        try (AdaptiveModel adaptive = listened(AdaptiveModel.builder(model, new RowModel.Summing())
                .config(config(execution).adaptationBatch(8).build()))) {
            adaptive.stream("a").predict(RowModel.batch(2));
            adaptive.stream("b").predict(RowModel.batch(3));
            adaptive.stream("a").predict(RowModel.batch(4), Mode.SHADOW);
            assertThat(adaptive.streamsInMemory()).isEqualTo(3);
            assertThat(heard(RuntimeEvent.Evicted.class)).isEmpty();
            assertThat(adaptive.stream("a").counters().requests()).isEqualTo(2);

            adaptive.setMode(Mode.FROZEN);
            assertThat(adaptive.streamsInMemory()).isEqualTo(1);
            assertThat(heard(RuntimeEvent.Dropped.class)).hasSize(3);
            adaptive.setMode(Mode.ADAPTING);
            adaptive.stream("a").predict(RowModel.batch(2));
            assertThat(adaptive.streamsInMemory()).isEqualTo(2);
            adaptive.flush();

            assertThat(adaptive.streamsInMemory()).isEqualTo(1);
            assertThat(heard(RuntimeEvent.Adapted.class))
                    .extracting(RuntimeEvent.Adapted::stream)
                    .containsExactly("a");
            assertThat(heard(RuntimeEvent.Evicted.class))
                    .hasSize(3)
                    .allSatisfy(evicted -> assertThat(evicted.kept()).isFalse());
        }
    }

    @Test
    void withoutAStoreWhoLeavesIsForgotten() {
        AdaptiveModel adaptive = listened(summing(Execution.INLINE));
        adaptive.predict(RowModel.batch(5));
        adaptive.stream("a").predict(RowModel.batch(5));

        assertThat(theta(adaptive)).isEqualTo(6);
        assertThat(theta(adaptive.stream("a"))).isEqualTo(1);
        assertThat(adaptive.stream("a").counters().requests()).isZero();
        assertThat(heard(RuntimeEvent.Evicted.class)).hasSize(3).allSatisfy(evicted -> {
            assertThat(evicted.stream()).isEqualTo("a");
            assertThat(evicted.kept()).isFalse();
        });
        adaptive.close();
        assertThat(theta(adaptive)).isEqualTo(6);
        assertThat(adaptive.counters().requests()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> adaptive.stream("a").state());
    }

    @Test
    void goesOnWhereItHasEnded() throws IOException {
        try (AdaptiveModel adaptive = listened(summing(Execution.INLINE).store(store))) {
            adaptive.predict(RowModel.batch(2));
            adaptive.stream("a").predict(RowModel.batch(3));
            assertThat(heard(RuntimeEvent.Evicted.class))
                    .allSatisfy(evicted -> assertThat(evicted.kept()).isTrue());
        }
        try (AdaptiveModel adaptive = listened(summing(Execution.INLINE).store(store))) {
            assertThat(adaptive.streams()).containsExactly("a");
            assertThat(theta(adaptive)).isEqualTo(3);
            assertThat(theta(adaptive.stream("a"))).isEqualTo(4);
            assertThat(adaptive.counters()).isEqualTo(new Counters(1, 1, 1, 1, 1, 0, 0));
            assertThat(adaptive.stream("a").counters()).isEqualTo(new Counters(1, 1, 1, 1, 1, 0, 0));
            assertThat(heard(RuntimeEvent.Restored.class))
                    .extracting(RuntimeEvent.Restored::stream)
                    .containsOnly("a");
        }
    }

    @Test
    void resetsCopiesPromotesRollsBackAndRemoves() throws IOException {
        try (AdaptiveModel adaptive = summing(Execution.INLINE).store(store).build()) {
            adaptive.stream("a").predict(RowModel.batch(2));
        }
        try (AdaptiveModel adaptive = listened(summing(Execution.INLINE).store(store))) {
            adaptive.stream("a").predict(RowModel.batch(4));
            adaptive.copy("a", "b");
            adaptive.promote("a");
            assertThat(theta(adaptive.stream("b"))).isEqualTo(7);
            assertThat(theta(adaptive)).isEqualTo(7);
            assertThat(adaptive.stream("b").counters().requests()).isZero();

            adaptive.stream("b").reset();
            assertThat(theta(adaptive.stream("b"))).isEqualTo(1);

            adaptive.rollBack("a", 1);
            assertThat(theta(adaptive.stream("a"))).isEqualTo(3);
            assertThat(adaptive.stream("a").counters().requests()).isEqualTo(2);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> adaptive.rollBack("a", 99))
                    .withMessageContaining("99");

            adaptive.removeStream("a");
            assertThat(adaptive.streams()).containsExactly("b");
            assertThat(theta(adaptive.stream("a"))).isEqualTo(1);
        }
        assertThat(heard(RuntimeEvent.RolledBack.class))
                .containsExactly(
                        new RuntimeEvent.RolledBack("b", "caller"),
                        new RuntimeEvent.RolledBack("", "caller"),
                        new RuntimeEvent.RolledBack("a", "caller"));
        assertThat(heard(RuntimeEvent.Reset.class)).containsExactly(new RuntimeEvent.Reset("b", "caller"));
    }

    @Test
    void aStoreThatFailsIsToldAndServedOn() {
        AdaptiveModel adaptive = listened(summing(Execution.INLINE).store(store));
        store.full = true;
        adaptive.predict(RowModel.batch(2));
        for (int i = 0; i < 10; i++) {
            assertThat(adaptive.stream("s" + i).predict(RowModel.batch(2)).predictions())
                    .hasSize(1);
        }
        store.unreadable = true;
        assertThat(adaptive.stream("other").predict(RowModel.batch(3)).predictions())
                .hasSize(1);
        adaptive.close();

        assertThat(theta(adaptive)).isEqualTo(3);
        assertThat(heard(RuntimeEvent.StoreFailed.class))
                .extracting(RuntimeEvent.StoreFailed::stream)
                .contains("", "s0", "s9", "other");
        // Better told before the first request than never saved.
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> summing(Execution.INLINE).store(store).build())
                .withMessageContaining("readable");
    }

    @Test
    void whoListensBeforeItIsBuiltHearsWhatItGoesOnFrom() {
        try (AdaptiveModel adaptive = summing(Execution.INLINE).store(store).build()) {
            adaptive.predict(RowModel.batch(2));
        }
        Events events = new Events();
        events.on(RuntimeEvent.class, heard::add);
        try (AdaptiveModel adaptive =
                summing(Execution.INLINE).store(store).events(events).build()) {
            assertThat(adaptive.events()).isSameAs(events);
            assertThat(heard).containsExactly(new RuntimeEvent.Restored("", 1));
        }
    }

    /** As a service binds it. */
    @Test
    void tellsWhatWaitsAndWhatIsInMemory() {
        RuntimeConfig config = RuntimeConfig.from(config(Execution.BACKGROUND).build())
                .streamBytes(1 << 20)
                .build();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (AdaptiveModel adaptive = AdaptiveModel.builder(model, new RowModel.Summing())
                .config(config)
                .build()) {
            TtaMetrics.of(adaptive.events(), "rows", "summing")
                    .withBacklog(adaptive::pendingSamples, adaptive::pendingBytes)
                    .withCache(
                            adaptive::streamsInMemory,
                            adaptive::streamBytes,
                            adaptive::streamHits,
                            adaptive::streamMisses)
                    .bindTo(registry);
            double first = gets(registry, "miss");
            adaptive.pause();
            adaptive.stream("a").predict(RowModel.batch(1, 2, 3));
            adaptive.stream("a").predict(RowModel.batch(4));
            adaptive.stream("b").predict(RowModel.column(5, 6));

            assertThat(registry.get("tta.backlog").gauge().value()).isEqualTo(6);
            assertThat(registry.get("tta.backlog.size").gauge().value()).isEqualTo(3 * SlabPool.LEAST_BYTES);
            adaptive.flush();
            assertThat(adaptive.pendingSamples()).isZero();
            assertThat(adaptive.pendingBytes()).isZero();
            // The model's own is one of them.
            assertThat(registry.get("tta.cache.states").gauge().value()).isEqualTo(3);
            assertThat(registry.get("tta.cache.size").gauge().value()).isEqualTo((double) adaptive.streamBytes());
            assertThat(gets(registry, "hit")).isEqualTo(1);
            assertThat(gets(registry, "miss")).isEqualTo(first + 2);
        }
    }

    private static double gets(SimpleMeterRegistry registry, String result) {
        return registry.get("tta.cache.gets")
                .tag("result", result)
                .functionCounter()
                .count();
    }

    /** Whether streams come back or are forgotten, and over as many parts as it takes. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTrailOverEvictionsRebuilds(boolean kept, @TempDir Path folder) throws IOException {
        AuditConfig small = AuditConfig.custom().partBytes(4000).build();
        Map<String, State> last = new HashMap<>();
        try (AuditTrail trail = AuditTrail.in(folder, small)) {
            AdaptiveModel.Builder builder = summing(Execution.INLINE).recorder(trail);
            if (kept) {
                builder.store(store);
            }
            Random random = new Random(5);
            try (AdaptiveModel adaptive = builder.build()) {
                // What it is after a step is told by the step: without a store it is forgotten then.
                adaptive.events()
                        .on(
                                RuntimeEvent.Adapted.class,
                                event -> last.put(
                                        event.stream(), State.of(Vector.of(1 + (float) event.distanceToSource()))));
                for (int i = 0; i < 60; i++) {
                    String key = List.of("", "a", "b").get(random.nextInt(3));
                    adaptive.stream(key).predict(RowModel.batch(1 + random.nextInt(5)));
                }
            }
        }
        Rebuilt rebuilt = AuditReplay.of(folder).rebuild(new RowModel.Summing());

        assertThat(rebuilt.steps()).isEqualTo(60);
        assertThat(rebuilt.runs()).isEqualTo(1);
        assertThat(rebuilt.states()).isEqualTo(last);
    }

    /** Who is in the middle of a step when the stream is removed learns for nobody, and nobody hears of it. */
    @ParameterizedTest
    @EnumSource(Execution.class)
    void whatARemovedStreamStillDoesIsNobodys(Execution execution, @TempDir Path folder) throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch removed = new CountDownLatch(1);
        boolean inBackground = execution == Execution.BACKGROUND;
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (AuditTrail trail = AuditTrail.in(folder)) {
            AdaptiveModel.Builder builder = AdaptiveModel.builder(model, new RowModel.Summing())
                    .config(RuntimeConfig.from(config(execution).build())
                            .adaptationBatch(1)
                            .streamBytes(1 << 20)
                            .build())
                    .store(store)
                    .recorder(trail);
            try (AdaptiveModel adaptive = listened(builder)) {
                adaptive.stream("a").predict(RowModel.batch(10));
                adaptive.flush();
                model.onForward = rows -> {
                    inStep.countDown();
                    if (inBackground) {
                        await(removed);
                    }
                };
                Future<?> last = pool.submit(() -> adaptive.stream("a").predict(RowModel.batch(100)));
                inStep.await();
                adaptive.removeStream("a");
                last.get();
                model.onForward = rows -> {};
                // It is there again before the step of the one that was removed has ended.
                adaptive.stream("a").reset();
                removed.countDown();
                adaptive.flush();
                adaptive.stream("a").predict(RowModel.batch(3));
                adaptive.flush();

                assertThat(theta(adaptive.stream("a"))).isEqualTo(4);
            }
        } finally {
            pool.shutdown();
        }
        assertThat(AuditReplay.of(folder)
                        .rebuild(new RowModel.Summing())
                        .states()
                        .get("a"))
                .isEqualTo(State.of(Vector.of(4)));
        assertThat(heard(RuntimeEvent.Failed.class)).isEmpty();
        assertThat(heard(RuntimeEvent.Dropped.class)).hasSize(inBackground ? 1 : 0);
        assertThat(store.latest("a", model.fingerprint(), "summing")
                        .orElseThrow()
                        .snapshot()
                        .state())
                .isEqualTo(State.of(Vector.of(4)));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ten thousand streams, room for one in ten of them. */
    @Test
    void tenThousandStreamsInBoundedMemory() throws IOException {
        int streams = 10_000;
        long bound = 1 << 20;
        RuntimeConfig bounded = RuntimeConfig.from(config(Execution.INLINE).build())
                .streamBytes(bound)
                .build();
        long[] sums = new long[streams];
        Random random = new Random(1);
        try (AdaptiveModel adaptive = AdaptiveModel.builder(model, new RowModel.Summing())
                .config(bounded)
                .store(store)
                .build()) {
            adaptive.events().on(RuntimeEvent.StoreFailed.class, heard::add);
            adaptive.events().on(RuntimeEvent.Failed.class, heard::add);
            for (int request = 0; request < 3 * streams; request++) {
                int k = request < streams ? request : random.nextInt(streams);
                int x = 1 + random.nextInt(9);
                adaptive.stream("stream " + k).predict(RowModel.batch(x));
                sums[k] += x;
                assertThat(adaptive.streamBytes()).isLessThanOrEqualTo(bound);
            }
            // Those in the writer's queue are still there.
            assertThat(adaptive.streamsInMemory()).isBetween(500, 2500);
            for (int k = 0; k < streams; k++) {
                assertThat(theta(adaptive.stream("stream " + k))).isEqualTo(1.0 + (double) sums[k]);
            }
            assertThat(adaptive.streams()).hasSize(streams);
        }
        assertThat(heard).isEmpty();
    }

    /** Requests, evictions, saves and a close at once: each request is counted, each step is in the last state. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void losesNothingUnderStress(long seed) throws Exception {
        int keys = 7;
        int threads = 4;
        int requests = 600;
        boolean inBackground = seed % 2 == 0;
        RuntimeConfig.Builder config = config(inBackground ? Execution.BACKGROUND : Execution.INLINE)
                .greatestAge(Duration.ofMillis(1))
                .saveInterval(Duration.ofMillis(1))
                .streamBytes(seed % 3 == 0 ? NO_ROOM : 3 * 1500)
                .finishOnClose(true);
        if (inBackground) {
            config.adaptationBatch(3);
        }
        AdaptiveModel adaptive = listened(AdaptiveModel.builder(model, new RowModel.Summing())
                .config(config.build())
                .store(store));
        AtomicLongArray answered = new AtomicLongArray(keys);
        AtomicLongArray sums = new AtomicLongArray(keys);
        AtomicLong refused = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(seed * 31 + thread);
                boolean closes = thread == 0 && seed % 3 == 1;
                work.add(() -> {
                    for (int i = 0; i < requests; i++) {
                        if (closes && i == requests / 2) {
                            adaptive.close();
                        }
                        int k = random.nextInt(keys);
                        int x = 1 + random.nextInt(3);
                        try {
                            adaptive.stream(key(k)).predict(RowModel.batch(x));
                            answered.incrementAndGet(k);
                            sums.addAndGet(k, x);
                            if (random.nextInt(50) == 0) {
                                adaptive.flush();
                            }
                        } catch (IllegalStateException e) {
                            assertThat(e).hasMessageContaining("closed");
                            refused.incrementAndGet();
                        }
                    }
                    return requests;
                });
            }
            for (Future<Integer> each : pool.invokeAll(work)) {
                each.get();
            }
        } finally {
            pool.shutdown();
            adaptive.close();
        }

        assertThat(heard(RuntimeEvent.Failed.class)).isEmpty();
        assertThat(heard(RuntimeEvent.Dropped.class)).isEmpty();
        assertThat(heard(RuntimeEvent.StoreFailed.class)).isEmpty();
        assertThat(model.open).hasValue(0);
        try (AdaptiveModel next = summing(Execution.INLINE).store(store).build()) {
            long all = 0;
            for (int k = 0; k < keys; k++) {
                AdaptiveStream stream = next.stream(key(k));
                assertThat(stream.counters().requests()).as(key(k)).isEqualTo(answered.get(k));
                assertThat(theta(stream)).as(key(k)).isEqualTo(1.0 + (double) sums.get(k));
                all += answered.get(k);
            }
            assertThat(all + refused.get()).isEqualTo((long) threads * requests);
        }
    }

    /** The first is the model's own. */
    private static String key(int k) {
        return k == 0 ? "" : "stream " + k;
    }
}
