package io.tta4j;

import static io.tta4j.onnx.BatchNormNetwork.CHANNELS;
import static io.tta4j.onnx.BatchNormNetwork.EPSILON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.event.RuntimeEvent;
import io.tta4j.guard.Canary;
import io.tta4j.guard.GuardConfig;
import io.tta4j.guard.Guards;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.BatchNorms;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Moments;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.BatchNormNetwork;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import io.tta4j.onnx.graph.TestGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams whose batch norm moves with them, whatever the method does. */
class MovingMomentsTest {

    private static final double WINDOW = 10;

    private final BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
    private final OnnxModel model = network.load(EPSILON);
    private final BatchNorms norms = model.batchNorms().orElseThrow();

    @AfterEach
    void close() {
        model.close();
    }

    private Batch batch(int rows, int seed) {
        return network.batch(TestGraph.normal(new Random(seed), rows * CHANNELS * network.positions));
    }

    private Moments moments(State state) {
        return state.moments().orElseThrow();
    }

    /** Only answers. */
    private static class Answering implements Method {

        @Override
        public String name() {
            return "answering";
        }

        @Override
        public boolean adapts() {
            return false;
        }

        @Override
        public Statistics statistics() {
            return Statistics.moving(WINDOW);
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            throw new AssertionError("nothing is to be adapted");
        }
    }

    /** Takes steps of one size along the gradient of the first logit, and returns a state of theta alone. */
    private static final class Stepping extends Answering {

        final List<AdaptableModel> models = new ArrayList<>();
        boolean resets;
        boolean fails;

        @Override
        public boolean adapts() {
            return true;
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            models.add(model);
            if (fails) {
                throw new IllegalStateException("on purpose");
            }
            float[] seed = new float[pass.rows() * model.classes()];
            seed[0] = 1;
            Vector gradient = pass.pullback(Matrix.of(pass.rows(), model.classes(), seed));
            Vector theta = resets ? model.source() : state.theta().plus(-0.01f, gradient);
            return new Adaptation(
                    State.of(theta),
                    new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.empty(), resets));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void movesWithEveryRequest(int rows) {
        AdaptiveModel adaptive = AdaptiveModel.of(model, new Answering());
        assertThat(moments(adaptive.state())).isEqualTo(norms.source());

        Moments moments = norms.source();
        for (int request = 0; request < 3; request++) {
            Observation expected = model.observe(batch(rows, request), model.source(), moments, norms.rates(WINDOW));
            Matrix logits = adaptive.predict(batch(rows, request)).logits();

            assertThat(logits).isEqualTo(expected.pass().logits());
            assertThat(moments(adaptive.state())).isEqualTo(expected.moments());
            moments = expected.moments();
        }
        assertThat(adaptive.state().theta()).isEqualTo(model.source());
        assertThat(adaptive.counters().requests()).isEqualTo(3);
    }

    /** As if 300 samples had been asked for, which is the default window. */
    @Test
    void movesByItselfWhereTheModelCan() {
        assertThat(stateAfterOneRequest(Statistics.AUTO))
                .isEqualTo(stateAfterOneRequest(Statistics.moving(300)))
                .isNotEqualTo(stateAfterOneRequest(Statistics.SOURCE));
    }

    private State stateAfterOneRequest(Statistics statistics) {
        AdaptiveModel adaptive = AdaptiveModel.of(model, new Answering() {
            @Override
            public Statistics statistics() {
                return statistics;
            }
        });
        adaptive.predict(batch(4, 1));
        return adaptive.state();
    }

    /** The method knows nothing of it: it sees a model, a pass and a theta that go together. */
    @Test
    void showsTheMethodAModelOnTheMoments() {
        Stepping method = new Stepping();
        AdaptiveModel adaptive = AdaptiveModel.of(model, method);
        Vector theta = model.source();
        Moments moments = norms.source();
        for (int request = 0; request < 3; request++) {
            Batch batch = batch(4, request);
            moments = model.observe(batch, theta, moments, norms.rates(WINDOW)).moments();
            Matrix logits = adaptive.predict(batch).logits();

            AdaptableModel seen = method.models.get(request);
            float[] seed = new float[4 * model.classes()];
            seed[0] = 1;
            try (Pass pass = model.withMoments(moments).forward(batch, theta);
                    Pass again = seen.forward(batch, theta)) {
                assertThat(logits).isEqualTo(pass.logits()).isEqualTo(again.logits());
                theta = theta.plus(-0.01f, pass.pullback(Matrix.of(4, model.classes(), seed)));
            }
            assertThat(adaptive.state().theta()).isEqualTo(theta);
            assertThat(moments(adaptive.state())).isEqualTo(moments);
            assertThat(seen.samplesIndependent()).isTrue();
        }
    }

    @Test
    void goesBackToTheSource() {
        Stepping method = new Stepping();
        AdaptiveModel adaptive = AdaptiveModel.of(model, method);
        State initial = adaptive.state();
        adaptive.predict(batch(4, 1));
        assertThat(adaptive.state()).isNotEqualTo(initial);

        adaptive.reset();
        assertThat(adaptive.state()).isEqualTo(initial);

        adaptive.predict(batch(4, 1));
        method.resets = true;
        adaptive.predict(batch(4, 2));
        assertThat(adaptive.state()).isEqualTo(initial);
    }

    @Test
    void keepsTheMomentsOfAStepThatFails() {
        Stepping method = new Stepping();
        method.fails = true;
        AdaptiveModel adaptive = AdaptiveModel.of(model, method);
        adaptive.predict(batch(4, 1));

        assertThat(adaptive.state().theta()).isEqualTo(model.source());
        assertThat(moments(adaptive.state()))
                .isEqualTo(model.observe(batch(4, 1), model.source(), norms.source(), norms.rates(WINDOW))
                        .moments());
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
    }

    /** What the canary set was answered with is theta and moments together. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesBackToTheMomentsOfTheLastGoodState(boolean carries) {
        boolean[] ruins = {false};
        Method method = new Answering() {
            @Override
            public boolean adapts() {
                return true;
            }

            @Override
            public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
                Vector theta =
                        ruins[0] ? model.source().times(-1) : state.theta().times(1.001f);
                return new Adaptation(
                        carries ? state.withTheta(theta) : State.of(theta),
                        new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.empty(), false));
            }
        };
        GuardConfig config = GuardConfig.custom()
                .none()
                .canary(Canary.answeredBySource(batch(64, 9)))
                .canaryEvery(1)
                .canaryFall(0.2)
                .build();
        AdaptiveModel adaptive =
                AdaptiveModel.builder(model, method).guards(Guards.of(config)).build();
        List<RuntimeEvent> heard = new ArrayList<>();
        adaptive.events().on(RuntimeEvent.RolledBack.class, heard::add);
        adaptive.predict(batch(4, 1));
        adaptive.predict(batch(4, 2));
        State good = adaptive.state();
        ruins[0] = true;
        adaptive.predict(batch(4, 3));

        assertThat(heard).containsExactly(new RuntimeEvent.RolledBack("", "canary"));
        assertThat(adaptive.state().theta()).isEqualTo(good.theta());
        assertThat(moments(adaptive.state())).isEqualTo(moments(good));
    }

    /** Whoever comes first has no say in what is right: the source answers as it was trained. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void statisticsThatAnswerTheCanarySetWorseGoBackToTheSources(boolean adapts) {
        Method method = adapts ? new Stepping() : new Answering();
        GuardConfig config = GuardConfig.custom()
                .none()
                .canary(Canary.answeredBySource(scaled(4, 0, 64, 9)))
                .canaryEvery(1)
                .canaryFall(0.05)
                .build();
        AdaptiveModel adaptive =
                AdaptiveModel.builder(model, method).guards(Guards.of(config)).build();
        List<RuntimeEvent> heard = new ArrayList<>();
        adaptive.events().on(RuntimeEvent.RolledBack.class, heard::add);
        adaptive.predict(scaled(1, 2, 64, 1));

        assertThat(heard).containsExactly(new RuntimeEvent.RolledBack("", "canary"));
        assertThat(moments(adaptive.state())).isEqualTo(norms.source());
        assertThat(adaptive.state().theta()).isEqualTo(model.source());
        adaptive.predict(batch(64, 2));
        assertThat(heard).hasSize(1);
        assertThat(moments(adaptive.state())).isNotEqualTo(norms.source());
    }

    private Batch scaled(float scale, float shift, int rows, int seed) {
        float[] values = TestGraph.normal(new Random(seed), rows * CHANNELS * network.positions);
        for (int i = 0; i < values.length; i++) {
            values[i] = scale * values[i] + shift;
        }
        return network.batch(values);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leavesTheMomentsWhereABatchIsNotFinite(boolean adapts) {
        AdaptiveModel adaptive = AdaptiveModel.of(model, adapts ? new Stepping() : new Answering());
        adaptive.predict(batch(4, 1));
        State before = adaptive.state();
        float[] values = TestGraph.normal(new Random(2), 2 * CHANNELS * network.positions);
        values[values.length - 1] = Float.NaN;

        Matrix logits = adaptive.predict(network.batch(values)).logits();

        assertThat(adaptive.state()).isEqualTo(before);
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
        assertThat(Matrix.of(1, model.classes(), logits.row(0)).isFinite()).isTrue();
    }

    /**
     * Pixels in 0..255 where the model was trained on 0..1: one request, which is answered, and leaves nothing behind.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leavesTheMomentsWhereABatchIsOutOfAllProportion(boolean adapts) {
        AdaptiveModel adaptive = AdaptiveModel.of(model, adapts ? new Stepping() : new Answering());
        adaptive.predict(batch(4, 1));
        State before = adaptive.state();
        List<String> reasons = new ArrayList<>();
        adaptive.events().on(RuntimeEvent.Rejected.class, event -> reasons.add(event.guard() + ": " + event.reason()));
        float[] values = TestGraph.normal(new Random(2), 4 * CHANNELS * network.positions);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 255;
        }

        assertThat(adaptive.predict(network.batch(values)).logits().rows()).isEqualTo(4);

        assertThat(adaptive.state()).isEqualTo(before);
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
        assertThat(reasons)
                .singleElement()
                .asString()
                .startsWith("statistics: the mean square of what batch norm is given");
        adaptive.predict(batch(4, 3));
        assertThat(adaptive.state()).isNotEqualTo(before);
    }

    /** They would fail every request from then on. */
    @Test
    void takesNoStateWhoseMomentsAreOfAnotherModel() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, new Answering());
        State before = adaptive.state();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> adaptive.restore(before.with(new Moments(Vector.zeros(1), Vector.of(1)))))
                .withMessageContaining("channels");
        assertThat(adaptive.state()).isSameAs(before);
    }

    @Test
    void givesTheSameBitsAgain() {
        AdaptiveModel first = AdaptiveModel.of(model, new Stepping());
        AdaptiveModel second = AdaptiveModel.of(model, new Stepping());
        for (int request = 0; request < 5; request++) {
            assertThat(second.predict(batch(3, request)).logits())
                    .isEqualTo(first.predict(batch(3, request)).logits());
        }
        assertThat(second.state()).isEqualTo(first.state());
    }

    @Test
    void refusesAModelWithoutBatchNorm() {
        TestGraph graph = new TestGraph(17);
        String norm =
                graph.node("LayerNormalization", List.of(graph.input("x", 4), graph.weights(4), graph.weights(4)));
        graph.output(graph.node("MatMul", List.of(norm, graph.weights(4, 3))));
        try (OnnxModel other =
                OnnxModel.load(graph.model().toByteArray(), "layer-norm.onnx", OnnxOptions.ofDefaults())) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> AdaptiveModel.of(other, new Answering()))
                    .withMessageContaining("'layer-norm.onnx' must have batch norm")
                    .withMessageContaining("'moving(10.0)'");
        }
    }
}
