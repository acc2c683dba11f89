package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.event.RuntimeEvent;
import io.tta4j.event.RuntimeEvent.Adapted;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.Batch;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.BatchNormNetwork;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.graph.TestGraph;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackgroundTest extends ServedRows {

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
}
