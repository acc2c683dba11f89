package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.audit.Recorder;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.event.RuntimeEvent.Adapted;
import io.tta4j.event.RuntimeEvent.Dropped;
import io.tta4j.event.RuntimeEvent.Failed;
import io.tta4j.event.RuntimeEvent.Rejected;
import io.tta4j.guard.Guards;
import io.tta4j.health.HealthMonitor;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.BatchNormNetwork;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.snapshot.MapStore;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A test that hangs is one that waits for what must not be waited for. */
@Timeout(120)
class BackgroundTest {

    private static final Duration NEVER = Duration.ofDays(1);
    private static final List<Mode> MODES = List.of(Mode.values());
    private static final List<OverloadPolicy> POLICIES = List.of(OverloadPolicy.values());

    private final RowModel model = new RowModel();
    private final List<RuntimeEvent> heard = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private static RuntimeConfig.Builder background() {
        return RuntimeConfig.custom()
                .execution(Execution.BACKGROUND)
                .greatestAge(NEVER)
                .budget(Budget.share(1));
    }

    private AdaptiveModel adaptive(Method method, RuntimeConfig.Builder config) {
        AdaptiveModel adaptive = AdaptiveModel.of(model, method, config.build());
        opened.add(adaptive);
        adaptive.events().on(RuntimeEvent.class, heard::add);
        return adaptive;
    }

    private AdaptiveModel adaptive(RuntimeConfig.Builder config) {
        return adaptive(new RowModel.Summing(), config);
    }

    private <E extends RuntimeEvent> List<E> heard(Class<E> type) {
        return heard.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static float theta(State state) {
        return state.theta().get(0);
    }

    private static float first(Answer answer) {
        return answer.logits().get(0, 0);
    }

    @Test
    void answersAtThePublishedStateAndLearnsBeside() {
        AdaptiveModel adaptive = adaptive(background());
        assertThat(first(adaptive.predict(RowModel.batch(2, 3)))).isEqualTo(2);
        assertThat(adaptive.state()).isEqualTo(State.of(Vector.of(1)));
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(6);
        assertThat(first(adaptive.predict(RowModel.batch(2, 3)))).isEqualTo(12);
        assertThat(adaptive.counters()).isEqualTo(new Counters(2, 4, 1, 2, 2, 0, 0));
    }

    /** The request's buffer is the caller's again when it returns. */
    @Test
    void learnsFromACopy() {
        AdaptiveModel adaptive = adaptive(background());
        Batch batch = RowModel.batch(2, 3);
        adaptive.predict(batch);
        FloatBuffer reused = Objects.requireNonNull(batch.inputs().get("x")).floats();
        reused.put(0, 1000).put(1, 1000);
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(6);
    }

    @Test
    void aRequestWaitsForNoStep() throws Exception {
        CountDownLatch inSlice = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.onForward = rows -> {
            inSlice.countDown();
            await(release);
        };
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(1));
        adaptive.predict(RowModel.batch(2));
        inSlice.await();
        for (int i = 0; i < 100; i++) {
            assertThat(first(adaptive.predict(RowModel.batch(5)))).isEqualTo(5);
        }
        assertThat(first(adaptive.answer(RowModel.batch(5)))).isEqualTo(5);
        assertThat(first(adaptive.predict(RowModel.batch(5), Mode.DISABLED))).isEqualTo(5);
        release.countDown();
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(1 + 2 + 100 * 5);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 100})
    void slicesAddUp(int rows) {
        AdaptiveModel adaptive = adaptive(background().sliceRows(rows));
        adaptive.predict(RowModel.batch(1, 2, 3, 4, 5));
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(16);
        List<Integer> expected = new ArrayList<>();
        for (int from = 0; from < 5; from += rows) {
            expected.add(Math.min(rows, 5 - from));
        }
        assertThat(model.forwards).isEqualTo(expected);
    }

    /** Small requests become one batch, whatever came between them. */
    @Test
    void gathersSmallRequests() throws Exception {
        CountDownLatch learned = new CountDownLatch(1);
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(3).sliceRows(100));
        adaptive.events().on(Adapted.class, event -> learned.countDown());
        adaptive.predict(RowModel.batch(1));
        adaptive.predict(RowModel.column(100));
        adaptive.predict(RowModel.batch(2));
        adaptive.predict(RowModel.batch(3));
        learned.await();

        assertThat(theta(adaptive.state())).isEqualTo(7);
        assertThat(model.forwards).containsExactly(3);
        Adapted event = heard(Adapted.class).get(0);
        assertThat(event.report()).isEqualTo(new StepReport(3, 3, 3, OptionalDouble.of(0.5), false));
        assertThat(event.distanceToSource()).isEqualTo(6);
    }

    @Test
    void aRequestWaitsForOthersNoLongerThanItsAge() throws Exception {
        CountDownLatch learned = new CountDownLatch(1);
        AdaptiveModel adaptive = adaptive(background().greatestAge(Duration.ofMillis(1)));
        adaptive.events().on(Adapted.class, event -> learned.countDown());
        adaptive.predict(RowModel.batch(2));
        learned.await();
        assertThat(theta(adaptive.state())).isEqualTo(3);
    }

    /** Steps along the gradient of the first logit; on moving statistics if it is told so. */
    private record Descending(Statistics statistics) implements Method {

        @Override
        public String name() {
            return "descending";
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            float[] seed = new float[pass.rows() * model.classes()];
            for (int row = 0; row < pass.rows(); row++) {
                seed[row * model.classes()] = 1;
            }
            Vector gradient = pass.pullback(Matrix.of(pass.rows(), model.classes(), seed));
            return new Adaptation(
                    State.of(state.theta().plus(-0.01f, gradient)),
                    new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.empty(), false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "moving", "batch"})
    void aFlushAfterEachRequestGivesTheBitsOfInline(String statistics) {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Method method = new Descending(
                switch (statistics) {
                    case "moving" -> Statistics.moving(10);
                    case "batch" -> Statistics.BATCH;
                    default -> Statistics.SOURCE;
                });
        RuntimeConfig config = background().sliceRows(100).build();
        try (OnnxModel onnx = network.load(BatchNormNetwork.EPSILON);
                AdaptiveModel beside = AdaptiveModel.of(onnx, method, config)) {
            AdaptiveModel inline = AdaptiveModel.of(onnx, method);
            Random random = new Random(5);
            for (int request = 0; request < 8; request++) {
                int rows = 1 + random.nextInt(6);
                Batch batch =
                        network.batch(TestGraph.normal(random, rows * BatchNormNetwork.CHANNELS * network.positions));
                Answer expected = inline.predict(batch);
                Answer answer = beside.predict(batch);
                beside.flush();

                assertThat(beside.state()).isEqualTo(inline.state());
                if (!statistics.equals("moving")) {
                    assertThat(answer.predictions()).isEqualTo(expected.predictions());
                }
            }
            assertThat(beside.counters()).isEqualTo(inline.counters());
        }
    }

    @ParameterizedTest
    @EnumSource
    void servesTheSourceWhileACopyLearns(Execution execution) {
        AdaptiveModel adaptive =
                adaptive(background().execution(execution).mode(Mode.SHADOW).sliceRows(1));
        assertThat(adaptive.shadow()).isEmpty();
        for (int request = 0; request < 2; request++) {
            assertThat(first(adaptive.predict(RowModel.batch(-2, -3)))).isEqualTo(-2);
            adaptive.flush();
        }

        // theta: 1, then 1 - 5 = -4, at which the signs of all logits have turned.
        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(theta(adaptive.shadow().orElseThrow())).isEqualTo(-9);
        assertThat(heard(RuntimeEvent.Shadowed.class))
                .extracting(RuntimeEvent.Shadowed::rows, RuntimeEvent.Shadowed::agreement, RuntimeEvent.Shadowed::loss)
                .containsExactly(tuple(2, 1.0, OptionalDouble.of(0.5)), tuple(2, 0.0, OptionalDouble.of(0.5)));
        assertThat(adaptive.counters()).isEqualTo(new Counters(2, 4, 2, 4, 4, 0, 0));

        adaptive.restore(adaptive.shadow().orElseThrow());
        adaptive.setMode(Mode.ADAPTING);
        assertThat(first(adaptive.predict(RowModel.batch(1)))).isEqualTo(-9);
        adaptive.reset();
        assertThat(adaptive.shadow()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void changesItsModeWhileItServes(Execution execution) {
        AdaptiveModel adaptive = adaptive(background().execution(execution));
        adaptive.predict(RowModel.batch(2));
        adaptive.flush();
        adaptive.setMode(Mode.FROZEN);
        assertThat(first(adaptive.predict(RowModel.batch(5)))).isEqualTo(15);
        adaptive.setMode(Mode.DISABLED);
        assertThat(first(adaptive.predict(RowModel.batch(5)))).isEqualTo(5);
        adaptive.flush();
        assertThat(theta(adaptive.state())).isEqualTo(3);
        adaptive.setMode(Mode.ADAPTING);
        assertThat(first(adaptive.predict(RowModel.batch(5)))).isEqualTo(15);
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(8);
        assertThat(adaptive.counters().requests()).isEqualTo(4);
        assertThat(heard(RuntimeEvent.ModeChanged.class))
                .extracting(RuntimeEvent.ModeChanged::mode)
                .containsExactly("frozen", "disabled", "adapting");
    }

    @Test
    void publishesNothingOnceItIsFrozen() throws Exception {
        CountDownLatch inSlice = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch dropped = new CountDownLatch(2);
        model.onForward = rows -> {
            inSlice.countDown();
            await(release);
        };
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(2));
        adaptive.events().on(Dropped.class, event -> dropped.countDown());
        adaptive.predict(RowModel.batch(2, 3));
        inSlice.await();
        adaptive.predict(RowModel.batch(7));
        adaptive.setMode(Mode.FROZEN);
        release.countDown();
        dropped.await();

        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(heard(Dropped.class)).containsExactly(new Dropped("", 1, "frozen"), new Dropped("", 2, "cancelled"));
    }

    @Test
    void aPauseHoldsStepsBack() throws Exception {
        CountDownLatch learned = new CountDownLatch(1);
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(1));
        adaptive.pause();
        adaptive.predict(RowModel.batch(2));
        assertThat(model.forwards).isEmpty();
        adaptive.events().on(Adapted.class, event -> learned.countDown());
        adaptive.resume();
        learned.await();
        assertThat(theta(adaptive.state())).isEqualTo(3);

        adaptive.pause();
        adaptive.predict(RowModel.batch(4));
        adaptive.flush();
        assertThat(theta(adaptive.state())).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closesWithRequestsPending(boolean finish) {
        AdaptiveModel adaptive = adaptive(background().finishOnClose(finish));
        adaptive.predict(RowModel.batch(2));
        adaptive.predict(RowModel.batch(3, 4));
        adaptive.close();
        adaptive.close();

        assertThat(theta(adaptive.state())).isEqualTo(finish ? 10 : 1);
        assertThat(heard(Dropped.class))
                .isEqualTo(finish ? List.of() : List.of(new Dropped("", 1, "closed"), new Dropped("", 2, "closed")));
        assertThat(model.open).hasValue(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> adaptive.predict(RowModel.batch(1)))
                .withMessageContaining("closed");
        adaptive.flush();
    }

    @Test
    void givesUpAStepThatIsUnderWayWhenItCloses() throws Exception {
        CountDownLatch inSlice = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.onForward = rows -> {
            inSlice.countDown();
            await(release);
        };
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(1).sliceRows(1));
        CountDownLatch dropped = new CountDownLatch(1);
        adaptive.events().on(Dropped.class, event -> dropped.countDown());
        adaptive.predict(RowModel.batch(2, 3, 4));
        inSlice.await();
        adaptive.predict(RowModel.batch(5));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(adaptive::close);
        // The first slice is under way; those behind it must not begin once what is pending is given up.
        dropped.await();
        release.countDown();
        closing.get();

        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(model.open).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "error", "nan"})
    void aStepThatFailsFailsNoRequest(String failure) {
        AtomicInteger steps = new AtomicInteger();
        Method summing = new RowModel.Summing();
        Method failing = new Method() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
                if (steps.getAndIncrement() > 0) {
                    return summing.adapt(on, pass, state);
                }
                return switch (failure) {
                    case "exception" -> throw new IllegalStateException("on purpose");
                    case "error" -> throw new StackOverflowError("on purpose");
                    default -> new Adaptation(state.withTheta(Vector.of(Float.NaN)), StepReport.skipped(1, 0));
                };
            }
        };
        AdaptiveModel adaptive = adaptive(failing, background());
        assertThat(first(adaptive.predict(RowModel.batch(2)))).isEqualTo(2);
        adaptive.flush();
        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
        adaptive.predict(RowModel.batch(2));
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(3);
        if (failure.equals("nan")) {
            assertThat(heard(Rejected.class)).extracting(Rejected::guard).containsExactly("finite");
        } else {
            assertThat(heard(Failed.class).get(0).cause()).hasMessageContaining("on purpose");
        }
        assertThat(model.open).hasValue(0);
    }

    /** In the request's own thread, an error of the method is no more the request's than an exception is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anErrorInAStepFailsNoRequestInline(int gathered) {
        Method failing = new Method() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
                throw new StackOverflowError("on purpose");
            }
        };
        RuntimeConfig.Builder config = RuntimeConfig.custom();
        AdaptiveModel adaptive = adaptive(failing, gathered == 0 ? config : config.adaptationBatch(gathered));

        assertThat(first(adaptive.predict(RowModel.batch(2)))).isEqualTo(2);
        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
        assertThat(heard(Failed.class).get(0).cause()).hasMessageContaining("on purpose");
        assertThat(model.open).hasValue(0);
    }

    @Test
    void givesUpRequestsThatThereIsNoMemoryFor() {
        AdaptiveModel adaptive =
                adaptive(background().pendingBytes(2L * SlabPool.LEAST_BYTES).adaptationBatch(100));
        for (int row = 1; row <= 5; row++) {
            adaptive.predict(RowModel.batch(row));
        }
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(1 + 4 + 5);
        assertThat(heard(Dropped.class))
                .containsExactly(
                        new Dropped("", 1, "drop-oldest"),
                        new Dropped("", 1, "drop-oldest"),
                        new Dropped("", 1, "drop-oldest"));
    }

    /** In shadow, what the source answered waits too: two rows of two floats. */
    @ParameterizedTest
    @EnumSource
    void countsAllThatWaits(Execution execution) {
        AdaptiveModel adaptive = adaptive(background().execution(execution).adaptationBatch(100));
        adaptive.predict(RowModel.batch(1, 2));
        assertThat(adaptive.pendingBytes()).isEqualTo(SlabPool.LEAST_BYTES);
        adaptive.predict(RowModel.batch(1, 2), Mode.SHADOW);
        assertThat(adaptive.pendingBytes()).isEqualTo(2 * SlabPool.LEAST_BYTES + 2 * 2 * Float.BYTES);
    }

    /** What has not had its turn counts as pending, so that what comes meanwhile has no more room than there is. */
    @ParameterizedTest
    @EnumSource
    void aFlushTakesOneBatchAtATime(Execution execution) {
        AdaptiveModel adaptive =
                adaptive(background().execution(execution).adaptationBatch(2).sliceRows(100));
        List<Long> waiting = new CopyOnWriteArrayList<>();
        model.onForward = rows -> waiting.add(adaptive.pendingSamples());
        adaptive.pause();
        for (int row = 1; row <= 6; row++) {
            adaptive.predict(RowModel.batch(row));
        }
        adaptive.flush();

        assertThat(waiting).containsExactly(4L, 2L, 0L);
        assertThat(theta(adaptive.state())).isEqualTo(1 + 21);
    }

    /** Whoever closes the model next must not do so under a step. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingInlineWaitsForAFlush(boolean finish) throws Exception {
        AdaptiveModel adaptive =
                adaptive(RuntimeConfig.custom().adaptationBatch(100).finishOnClose(finish));
        Thread closing = new Thread(adaptive::close);
        List<Boolean> closed = new CopyOnWriteArrayList<>();
        model.onForward = rows -> {
            if (closed.isEmpty()) {
                closing.start();
                while (closing.getState() == Thread.State.NEW || closing.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
                closed.add(!closing.isAlive());
            }
        };
        adaptive.predict(RowModel.batch(2));
        adaptive.predict(RowModel.column(3));
        adaptive.flush();
        closing.join();

        assertThat(closed).containsExactly(false);
        assertThat(theta(adaptive.state())).isEqualTo(finish ? 6 : 1);
        assertThat(model.open).hasValue(0);
    }

    /** Fails, and so do the first attempts to tell of it. */
    private static final class Unspeakable implements Method {

        private static final class Trouble extends IllegalStateException {

            private static final long serialVersionUID = 1;

            private final int asked;

            Trouble(int asked) {
                this.asked = asked;
            }

            @Override
            public String getMessage() {
                if (asked < 2) {
                    throw new Trouble(asked + 1);
                }
                return "on purpose";
            }
        }

        @Override
        public String name() {
            return "unspeakable";
        }

        @Override
        public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
            throw new Trouble(0);
        }
    }

    @Test
    void noErrorKeepsAnybodyWaiting() {
        AdaptiveModel adaptive = adaptive(new Unspeakable(), background().finishOnClose(true));
        for (int attempt = 0; attempt < 2; attempt++) {
            adaptive.predict(RowModel.batch(1));
            adaptive.predict(RowModel.column(1));
            adaptive.flush();
            assertThat(adaptive.pendingSamples()).isZero();
        }
        adaptive.predict(RowModel.batch(1));
        adaptive.close();

        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(model.open).hasValue(0);
    }

    @Test
    void aModelThatCannotBeClosedKeepsNoOtherOpen() {
        AdaptiveModels models = AdaptiveModels.of(
                RuntimeConfig.custom().adaptationBatch(100).finishOnClose(true).build());
        AdaptiveModel first = models.register("a", model, new RowModel.Summing());
        models.register("b", model, new Unspeakable()).predict(RowModel.batch(1));
        AdaptiveModel last = models.register("c", model, new RowModel.Summing());

        assertThatIllegalStateException()
                .isThrownBy(models::close)
                .withMessage("adaptive models must close, but [b] failed to; the others are closed")
                .satisfies(failure -> assertThat(failure.getSuppressed()[0]).hasMessage("on purpose"));
        assertThatIllegalStateException().isThrownBy(() -> first.predict(RowModel.batch(1)));
        assertThatIllegalStateException().isThrownBy(() -> last.predict(RowModel.batch(1)));
    }

    /** What is around a model may differ from one to the next, but for its name. */
    @Test
    void registersModelsWithWhatIsAroundThem() throws Exception {
        Events events = new Events();
        events.on(RuntimeEvent.class, heard::add);
        AdaptiveModels models = AdaptiveModels.of(background().mode(Mode.FROZEN).build());
        opened.add(models);
        try (MapStore store = new MapStore()) {
            AdaptiveModel adaptive = models.register(
                    "a",
                    model,
                    new RowModel.Summing(),
                    builder -> builder.name("b").events(events).store(store).guards(Guards.ofDefaults()));
            assertThat(adaptive.name()).isEqualTo("a");
            assertThat(adaptive.mode()).isEqualTo(Mode.FROZEN);
            assertThat(adaptive.events()).isSameAs(events);
            adaptive.predict(RowModel.batch(1));
            adaptive.close();
        }
        assertThat(heard(RuntimeEvent.Saved.class)).hasSize(1);
    }

    /** Who listens from before it is built is told of the mode that it begins in, if it is not the usual one. */
    @ParameterizedTest
    @EnumSource
    void tellsTheModeThatItBeginsIn(Mode mode) {
        Events events = new Events();
        events.on(RuntimeEvent.ModeChanged.class, heard::add);
        try (HealthMonitor monitor = HealthMonitor.of(events)) {
            opened.add(AdaptiveModel.builder(model, new RowModel.Summing())
                    .config(RuntimeConfig.custom().mode(mode).build())
                    .events(events)
                    .build());
            String text = RuntimeConfig.text(mode);
            assertThat(heard)
                    .isEqualTo(mode == Mode.ADAPTING ? List.of() : List.of(new RuntimeEvent.ModeChanged("", text)));
            assertThat(monitor.health().reasons())
                    .isEqualTo(mode.learns() ? List.of() : List.of("nothing is learned: the mode is " + text));
        }
    }

    /** Who hears of a reset, before anybody else has a turn, finds no copy of what was before it. */
    @Test
    void aResetForgetsTheCopyWithTheState() {
        AtomicReference<AdaptiveModel> built = new AtomicReference<>();
        List<Optional<State>> copies = new ArrayList<>();
        Recorder looking = new Recorder() {
            @Override
            public void begin(Method method, AdaptableModel on, State initial, Events events) {}

            @Override
            public void came(String stream, State state) {}

            @Override
            public Step step(String stream, Batch batch, AdaptableModel on, Pass pass, State before) {
                return Recorder.none().step(stream, batch, on, pass, before);
            }

            @Override
            public void changed(String stream, State before, State after, String cause) {
                copies.add(Objects.requireNonNull(built.get()).shadow());
            }
        };
        AdaptiveModel adaptive = AdaptiveModel.builder(model, new RowModel.Summing())
                .recorder(looking)
                .build();
        opened.add(adaptive);
        built.set(adaptive);
        adaptive.predict(RowModel.batch(2), Mode.SHADOW);
        assertThat(adaptive.shadow()).isPresent();
        adaptive.reset();

        assertThat(copies).containsExactly(Optional.empty());
    }

    /** What the caller does to the state while a step is under way is not undone by the step. */
    @Test
    void looksAgainAtABatchWhoseStateWasChangedMeanwhile() throws Exception {
        CountDownLatch inSlice = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.onForward = rows -> {
            inSlice.countDown();
            await(release);
        };
        AdaptiveModel adaptive = adaptive(background().adaptationBatch(1));
        adaptive.predict(RowModel.batch(2));
        inSlice.await();
        adaptive.restore(State.of(Vector.of(50)));
        assertThat(theta(adaptive.state())).isEqualTo(50);
        release.countDown();
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(52);
        assertThat(heard(RuntimeEvent.RolledBack.class)).containsExactly(new RuntimeEvent.RolledBack("", "caller"));
    }

    @Test
    void refusesStatesThatDoNotFit() {
        AdaptiveModel adaptive = adaptive(background());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> adaptive.restore(State.of(Vector.of(1, 2))))
                .withMessageContaining("theta must have 1 values, but had 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> adaptive.restore(State.of(Vector.of(Float.NaN))))
                .withMessageContaining("finite");
        assertThat(adaptive.state()).isEqualTo(State.of(Vector.of(1)));
    }

    @Test
    void gathersInlineByCountAlone() {
        AdaptiveModel adaptive =
                adaptive(RuntimeConfig.custom().adaptationBatch(3).greatestAge(Duration.ZERO));
        assertThat(first(adaptive.predict(RowModel.batch(1)))).isEqualTo(1);
        adaptive.predict(RowModel.batch(2));
        assertThat(theta(adaptive.state())).isEqualTo(1);
        assertThat(first(adaptive.predict(RowModel.batch(3)))).isEqualTo(3);
        assertThat(theta(adaptive.state())).isEqualTo(7);
        adaptive.predict(RowModel.batch(10));
        adaptive.flush();

        assertThat(theta(adaptive.state())).isEqualTo(17);
        assertThat(model.forwards).containsExactly(3, 1);
    }

    @Test
    void learnsNothingInlineWhileItIsPaused() {
        AdaptiveModel adaptive = adaptive(RuntimeConfig.custom());
        adaptive.pause();
        adaptive.predict(RowModel.batch(2));
        assertThat(theta(adaptive.state())).isEqualTo(1);
        adaptive.resume();
        adaptive.predict(RowModel.batch(2));
        assertThat(theta(adaptive.state())).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void tellsThatItIsPaused(Execution execution) {
        AdaptiveModel adaptive = adaptive(background().execution(execution));
        adaptive.pause();
        adaptive.pause();
        adaptive.setMode(Mode.SHADOW);
        adaptive.resume();
        adaptive.resume();

        assertThat(heard(RuntimeEvent.ModeChanged.class))
                .extracting(RuntimeEvent.ModeChanged::mode)
                .containsExactly("paused", "shadow", "paused", "shadow");
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatHappens(Execution execution) {
        AdaptiveModel adaptive = adaptive(background().execution(execution));
        adaptive.predict(RowModel.batch(2, 2));
        adaptive.flush();
        adaptive.reset();

        RuntimeEvent.Answered answered = heard(RuntimeEvent.Answered.class).get(0);
        assertThat(answered.rows()).isEqualTo(2);
        assertThat(answered.nanos()).isGreaterThanOrEqualTo(answered.modelNanos());
        // Both rows have logits 2 and -2.
        double p = 1 / (1 + Math.exp(-4));
        assertThat(heard(Adapted.class).get(0).meanEntropy())
                .isCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), within(1e-12));
        assertThat(heard(RuntimeEvent.Reset.class)).containsExactly(new RuntimeEvent.Reset("", "caller"));
    }

    @Test
    void answersOnTheThreadsOfAnExecutor() throws Exception {
        AdaptiveModel adaptive = adaptive(background());
        List<Runnable> tasks = new ArrayList<>();
        CompletableFuture<Answer> answer =
                adaptive.predictAsync(RowModel.batch(2), tasks::add).toCompletableFuture();
        assertThat(answer).isNotDone();
        tasks.get(0).run();
        assertThat(first(answer.get())).isEqualTo(2);

        adaptive.close();
        CompletableFuture<Answer> refused =
                adaptive.predictAsync(RowModel.batch(2), Runnable::run).toCompletableFuture();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(refused::get)
                .withCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void doesNotStartAThreadForAModelThatTheMethodRefuses() {
        Method refusing = new Method() {
            @Override
            public String name() {
                return "refusing";
            }

            @Override
            public State initial(AdaptableModel on) {
                throw new IllegalArgumentException("on purpose");
            }

            @Override
            public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
                throw new AssertionError("nothing is to be adapted");
            }
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdaptiveModel.builder(model, refusing)
                        .name("refused")
                        .config(background().build())
                        .build());
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("tta4j-adapt-refused");
    }

    @Test
    void keepsModelsByName() {
        AdaptiveModels models = AdaptiveModels.of(background().build());
        opened.add(models);
        AdaptiveModel first = models.register("a", model, new RowModel.Summing());
        AdaptiveModel second = models.register("b", model, Methods.source(), RuntimeConfig.ofDefaults());

        assertThat(models.find("a")).containsSame(first);
        assertThat(models.find("c")).isEmpty();
        assertThat(models.all()).containsEntry("a", first).containsEntry("b", second);
        assertThat(first.name()).isEqualTo("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> models.register("a", model, Methods.source()))
                .withMessageContaining("'a' is taken");
        assertThat(models.remove("b")).containsSame(second);
        models.close();
        assertThatIllegalStateException().isThrownBy(() -> first.predict(RowModel.batch(1)));
        assertThat(second.predict(RowModel.batch(1))).isNotNull();
    }

    /** Halves of one number, which only a state that is seen half done has different. */
    private static final class Paired implements Method {

        @Override
        public String name() {
            return "paired";
        }

        @Override
        public State initial(AdaptableModel on) {
            return State.of(on.source()).with("twin", 1.0);
        }

        @Override
        public Answer answer(Pass pass, State state) {
            // The pass's theta and the state's scalar were published together, or not at all.
            float seen = pass.logits().get(0, 0);
            assertThat((double) seen).isEqualTo(state.scalar("twin").orElseThrow());
            return new Answer(pass.logits(), pass.output());
        }

        @Override
        public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
            float next = state.theta().get(0) + 1;
            return new Adaptation(
                    State.of(Vector.of(next)).with("twin", next),
                    new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.empty(), false));
        }
    }

    /**
     * Many threads ask, reset, switch modes, pause, flush, and one closes: every answer is one of a published state,
     * and every row that was taken is learned from or told as dropped, exactly once.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void losesNothingUnderStress(long seed) throws Exception {
        int threads = 6;
        int requests = 400;
        AtomicInteger learned = new AtomicInteger();
        AtomicInteger dropped = new AtomicInteger();
        AtomicInteger offered = new AtomicInteger();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        AdaptiveModel adaptive = AdaptiveModel.of(
                model,
                new Paired(),
                background()
                        .greatestAge(Duration.ofMillis(1))
                        .patience(Duration.ofMillis(1))
                        .adaptationBatch(4)
                        .sliceRows(2)
                        .pendingBytes(20L * SlabPool.LEAST_BYTES)
                        .overload(POLICIES.get((int) (seed % 3)))
                        .finishOnClose(seed % 2 == 0)
                        .build());
        adaptive.events()
                .on(Adapted.class, event -> learned.addAndGet(event.report().samples()));
        adaptive.events().on(Dropped.class, event -> dropped.addAndGet(event.rows()));
        adaptive.events().on(Failed.class, event -> wrong.set(event.cause()));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(seed * 31 + thread);
                boolean closes = thread == 0 && seed % 4 == 1;
                work.add(() -> {
                    for (int i = 0; i < requests; i++) {
                        int rows = 1 + random.nextInt(3);
                        float[] ones = new float[rows];
                        Arrays.fill(ones, 1);
                        try {
                            switch (random.nextInt(20)) {
                                case 0 -> adaptive.reset();
                                case 1 -> adaptive.setMode(MODES.get(random.nextInt(4)));
                                case 2 -> adaptive.pause();
                                case 3 -> adaptive.resume();
                                case 4 -> adaptive.flush();
                                default -> {
                                    Mode mode = MODES.get(random.nextInt(4));
                                    adaptive.predict(RowModel.batch(ones), mode);
                                    offered.addAndGet(mode.learns() ? rows : 0);
                                }
                            }
                            if (closes && i == requests / 2) {
                                adaptive.close();
                            }
                        } catch (IllegalStateException e) {
                            assertThat(e).hasMessageContaining("closed");
                            return i;
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

        assertThat(wrong.get()).isNull();
        assertThat(learned.get() + dropped.get()).isEqualTo(offered.get());
        assertThat(model.open).hasValue(0);
        assertThat(adaptive.counters().adaptedSamples()).isEqualTo(learned.get());
    }
}
