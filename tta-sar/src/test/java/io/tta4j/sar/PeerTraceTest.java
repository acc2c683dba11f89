package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.fisher.Fisher;
import io.tta4j.sar.objective.ConservativeEntropy;
import io.tta4j.sar.objective.Softmax;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten steps of each method against PyTorch in double precision: {@code tools/peers/trace.py} has made peers.npz. */
class PeerTraceTest {

    private static final int STEPS = 10;
    private static final int CLASSES = 6;
    private static final double TOLERANCE = 5e-5;
    private static final Map<String, Npz.Array> TRACE = trace();
    private static final ImageModel MODEL = ImageModel.of(
            LinearModel.of(CLASSES, "norm"),
            Matrix.of(CLASSES, 64, array("projection").floats()));

    private static Map<String, Npz.Array> trace() {
        try {
            return Npz.read(Path.of(Objects.requireNonNull(PeerTraceTest.class.getResource("peers.npz"))
                    .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Npz.Array array(String name) {
        return Objects.requireNonNull(TRACE.get(name));
    }

    private static Batch batch(int step) {
        float[] stream = array("stream").floats();
        int length = stream.length / STEPS;
        return MODEL.batch(Arrays.copyOfRange(stream, step * length, (step + 1) * length));
    }

    static Stream<Arguments> methods() {
        AffineLayout layout = MODEL.layout();
        Fisher fisher = Fisher.of(layout, Vector.of(array("fisher").floats()));
        return Stream.of(
                Arguments.of("tent", Tent.of(with(TentConfig.custom()).build())),
                Arguments.of(
                        "tent-adam",
                        Tent.of(with(TentConfig.custom()).optimizer("adam").build())),
                Arguments.of("come", Come.of(with(Come.custom()).build())),
                Arguments.of(
                        "sar-come",
                        Sar.of(SarConfig.published()
                                .learningRate(0.05)
                                .objective("come")
                                .resetThreshold(0)
                                .build())),
                Arguments.of(
                        "eta",
                        Eata.of(EataConfig.custom().tent(PeerTraceTest::with).build())),
                Arguments.of(
                        "eta-come",
                        Eata.of(EataConfig.custom()
                                .tent(PeerTraceTest::with)
                                .tent(config -> config.objective(ConservativeEntropy.INSTANCE))
                                .build())),
                Arguments.of(
                        "eata",
                        Eata.of(EataConfig.custom()
                                .tent(PeerTraceTest::with)
                                .fisher(fisher)
                                .fisherWeight(0.5)
                                .build())),
                Arguments.of(
                        "rdumb",
                        Rdumb.of(RdumbConfig.custom()
                                .eata(eata -> eata.tent(PeerTraceTest::with))
                                .period(4)
                                .build())),
                Arguments.of(
                        "deyo",
                        Deyo.of(DeyoConfig.custom()
                                .tent(PeerTraceTest::with)
                                .drop(0.5)
                                .build())),
                Arguments.of(
                        "roid",
                        Roid.of(RoidConfig.custom().tent(PeerTraceTest::with).build())));
    }

    private static TentConfig.Builder with(TentConfig.Builder config) {
        return config.learningRate(0.05).momentum(0.9);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void stepsAsPyTorch(String name, Method method) {
        double[] expected = array(name).doubles();
        int size = MODEL.layout().size();
        State state = method.initial(MODEL);
        for (int step = 0; step < STEPS; step++) {
            Adaptation adaptation = step(method, state, batch(step));
            state = adaptation.state();
            // The reference resets before a step, this after one.
            if (!adaptation.report().reset()) {
                for (int i = 0; i < size; i++) {
                    assertThat((double) state.theta().get(i))
                            .as("step %d, parameter %d", step, i)
                            .isCloseTo(expected[step * size + i], within(TOLERANCE));
                }
            }
        }
    }

    private static Adaptation step(Method method, State state, Batch batch) {
        try (Pass pass = MODEL.forward(batch, state.theta())) {
            return method.adapt(MODEL, pass, state);
        }
    }

    /** In the trace a filter leaves some samples out, and not all: else it would not show that it works. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void filtersLeaveSomeSamplesOut(String name, Method method) {
        boolean filters = !name.startsWith("tent") && !name.equals("come");
        State state = method.initial(MODEL);
        int adapted = 0;
        int samples = 0;
        for (int step = 0; step < STEPS; step++) {
            Adaptation adaptation = step(method, state, batch(step));
            state = adaptation.state();
            adapted += adaptation.report().adaptedSamples();
            samples += adaptation.report().samples();
        }
        assertThat(adapted).isPositive();
        assertThat(adapted < samples).isEqualTo(filters);
    }

    @Test
    void roidAnswersAsPyTorch() {
        double[] expected = array("roid-answers").doubles();
        Roid roid = Roid.of(RoidConfig.custom().tent(PeerTraceTest::with).build());
        State state = roid.initial(MODEL);
        int next = 0;
        for (int step = 0; step < STEPS; step++) {
            Batch batch = batch(step);
            try (Pass pass = MODEL.forward(batch, state.theta())) {
                Answer answer = roid.answer(pass, state);
                for (int row = 0; row < batch.rows(); row++) {
                    for (double probability : Softmax.of(answer.logits().row(row))) {
                        assertThat(probability).isCloseTo(expected[next++], within(TOLERANCE));
                    }
                }
                state = roid.adapt(MODEL, pass, state).state();
            }
        }
    }
}
