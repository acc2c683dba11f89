package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdaptiveModelTest {

    private static final Batch TWO_ROWS = Batch.of("x", Tensor.of(new float[] {1, 2}, 2));

    private final FakeModel model = new FakeModel();

    /** Two classes, one parameter: the logits are (theta, -theta) whatever the input. */
    private static class FakeModel implements AdaptableModel {

        int forwards;
        int serves;
        int open;
        boolean keepsNothing;

        @Override
        public List<InputSpec> inputs() {
            return List.of();
        }

        @Override
        public int classes() {
            return 2;
        }

        @Override
        public AffineLayout layout() {
            return new AffineLayout(List.of(), 1);
        }

        @Override
        public Vector source() {
            return Vector.of(1);
        }

        @Override
        public boolean samplesIndependent() {
            return true;
        }

        @Override
        public Pass forward(Batch batch, Vector theta) {
            if (!batch.inputs().containsKey("x")) {
                throw new IllegalArgumentException("inputs must be [x]");
            }
            if (keepsNothing) {
                throw new ModelException("no memory for activations");
            }
            forwards++;
            return pass(batch, theta);
        }

        @Override
        public Pass serve(Batch batch, Vector theta) {
            serves++;
            return pass(batch, theta);
        }

        private Pass pass(Batch batch, Vector theta) {
            open++;
            return new FakePass(this, batch.rows(), theta);
        }

        @Override
        public void close() {}
    }

    private record FakePass(FakeModel model, int rows, Vector theta) implements Pass {

        @Override
        public Matrix logits() {
            float[] logits = new float[2 * rows];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = i % 2 == 0 ? theta.get(0) : -theta.get(0);
            }
            return Matrix.of(rows, 2, logits);
        }

        @Override
        public Vector pullback(Matrix seed) {
            return Vector.zeros(1);
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            return Matrix.of(rows, 1, new float[rows]);
        }

        @Override
        public Pass repeat(Vector other, int... selected) {
            return this;
        }

        @Override
        public void freeActivations() {}

        @Override
        public void close() {
            model.open--;
        }
    }

    /** A method that goes from one state to another. */
    @FunctionalInterface
    private interface Step extends Method {

        Adaptation from(State state, int rows);

        @Override
        default String name() {
            return "step";
        }

        @Override
        default Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            return from(state, pass.rows());
        }
    }

    private static final Step DOUBLING = (state, rows) -> new Adaptation(
            state.withTheta(state.theta().times(2)), new StepReport(rows, rows, 1, OptionalDouble.of(0.1), false));

    @Test
    void answersBeforeItAdapts() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, DOUBLING);
        Answer first = adaptive.predict(TWO_ROWS);
        Answer second = adaptive.predict(TWO_ROWS);

        assertThat(first.logits().row(0)).containsExactly(1, -1);
        assertThat(second.logits().row(0)).containsExactly(2, -2);
        assertThat(second.predictions()).containsExactly(0, 0);
        assertThat(adaptive.state().theta()).isEqualTo(Vector.of(4));
        assertThat(adaptive.counters()).isEqualTo(new Counters(2, 4, 2, 4, 2, 0, 0));
        assertThat(model.open).isZero();
    }

    @Test
    void keepsTheStateWhereTheNextIsNotFinite() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, (Step) (state, rows) -> new Adaptation(
                state.withTheta(Vector.of(Float.NaN)), new StepReport(rows, rows, rows, OptionalDouble.of(1), true)));

        assertThat(adaptive.predict(TWO_ROWS).logits().isFinite()).isTrue();
        assertThat(adaptive.state().theta()).isEqualTo(Vector.of(1));
        assertThat(adaptive.counters()).isEqualTo(new Counters(1, 2, 0, 0, 0, 0, 1));
    }

    @Test
    void keepsTheStateWhereAnyScalarIsNotFinite() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, (Step) (state, rows) ->
                new Adaptation(state.with("loss", Double.POSITIVE_INFINITY), StepReport.skipped(rows, 0)));
        adaptive.predict(TWO_ROWS);

        assertThat(adaptive.state().scalar("loss")).isEmpty();
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
    }

    @Test
    void answersWhereAdaptationFails() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, (Step) (state, rows) -> {
            throw new IllegalStateException("no");
        });

        assertThat(adaptive.predict(TWO_ROWS).logits().rows()).isEqualTo(2);
        assertThat(adaptive.counters()).isEqualTo(new Counters(1, 2, 0, 0, 0, 0, 1));
        assertThat(model.open).isZero();
    }

    @Test
    void answersWhereTheEngineCannotKeepWhatAStepNeeds() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, DOUBLING);
        model.keepsNothing = true;

        assertThat(adaptive.predict(TWO_ROWS).logits().row(0)).containsExactly(1, -1);
        assertThat(adaptive.counters()).isEqualTo(new Counters(1, 2, 0, 0, 0, 0, 1));
        assertThat(model.open).isZero();
    }

    @Test
    void countsNothingWhereTheBatchDoesNotFit() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, DOUBLING);
        Batch other = Batch.of("y", Tensor.of(new float[1], 1));

        assertThatIllegalArgumentException().isThrownBy(() -> adaptive.predict(other));
        assertThat(adaptive.counters()).isEqualTo(new Counters(0, 0, 0, 0, 0, 0, 0));
        assertThat(adaptive.predict(TWO_ROWS)).isNotNull();
    }

    @Test
    void countsResetsAndSkippedSteps() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, (Step)
                (state, rows) -> new Adaptation(state, new StepReport(rows, 0, 0, OptionalDouble.empty(), true)));
        adaptive.predict(TWO_ROWS);

        assertThat(adaptive.counters()).isEqualTo(new Counters(1, 2, 0, 0, 0, 1, 0));
    }

    @Test
    void forgetsOnReset() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, DOUBLING);
        adaptive.predict(TWO_ROWS);
        adaptive.reset();

        assertThat(adaptive.state()).isEqualTo(State.of(model.source()));
        assertThat(adaptive.counters().requests()).isEqualTo(1);
    }

    @Test
    void servesWithoutKeepingAnythingWhereTheMethodDoesNotAdapt() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, Methods.source());
        adaptive.predict(TWO_ROWS);

        assertThat(model.serves).isEqualTo(1);
        assertThat(model.forwards).isZero();
        assertThat(model.open).isZero();
        assertThat(adaptive.counters()).isEqualTo(new Counters(1, 2, 0, 0, 0, 0, 0));
    }

    @Test
    void answersWithoutLearningWhereItIsAskedTo() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, DOUBLING);
        adaptive.predict(TWO_ROWS);
        Answer answer = adaptive.answer(TWO_ROWS);

        assertThat(answer.logits().row(0)).containsExactly(2, -2);
        assertThat(adaptive.state().theta()).isEqualTo(Vector.of(2));
        assertThat(adaptive.counters()).isEqualTo(new Counters(2, 4, 1, 2, 1, 0, 0));
        assertThat(model.open).isZero();
    }

    @Test
    void losesNoStepOfManyThreads() throws Exception {
        AdaptiveModel adaptive = AdaptiveModel.of(model, (Step) (state, rows) -> new Adaptation(
                state.withTheta(state.theta().plus(Vector.of(1))),
                new StepReport(rows, rows, rows, OptionalDouble.empty(), false)));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Answer> request = () -> adaptive.predict(TWO_ROWS);
            for (var answer : threads.invokeAll(
                    IntStream.range(0, 200).mapToObj(i -> request).toList())) {
                answer.get();
            }
        } finally {
            threads.shutdown();
        }

        assertThat(adaptive.state().theta()).isEqualTo(Vector.of(201));
        assertThat(adaptive.counters()).isEqualTo(new Counters(200, 400, 200, 400, 400, 0, 0));
    }

    /** Another model under statistics of the batch, which is the one to be asked from then on. */
    @Test
    void takesTheViewThatTheMethodWants() {
        FakeModel onBatch = new FakeModel();
        AdaptableModel viewed = new FakeModel() {
            @Override
            public AdaptableModel withStatistics(Statistics statistics) {
                assertThat(statistics).isEqualTo(Statistics.BATCH);
                return onBatch;
            }
        };
        List<AdaptableModel> asked = new ArrayList<>();
        Method method = new Method() {
            @Override
            public String name() {
                return "on batch";
            }

            @Override
            public Statistics statistics() {
                return Statistics.BATCH;
            }

            @Override
            public State initial(AdaptableModel model) {
                asked.add(model);
                return State.of(model.source());
            }

            @Override
            public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
                asked.add(model);
                return new Adaptation(state, StepReport.skipped(pass.rows(), 0));
            }
        };

        AdaptiveModel.of(viewed, method).predict(TWO_ROWS);

        assertThat(asked).containsExactly(onBatch, onBatch);
        assertThat(onBatch.forwards).isEqualTo(1);
    }

    @Test
    void refusesStatisticsThatTheModelCannotTake() {
        Method method = new Method() {
            @Override
            public String name() {
                return "on batch";
            }

            @Override
            public Statistics statistics() {
                return new Statistics(0.5);
            }

            @Override
            public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
                throw new AssertionError("nothing is to be adapted");
            }
        };

        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> AdaptiveModel.of(model, method))
                .withMessageContaining("'0.5'");
    }
}
