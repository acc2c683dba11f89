package io.tta4j.onnx;

import static io.tta4j.onnx.BatchNormNetwork.CHANNELS;
import static io.tta4j.onnx.BatchNormNetwork.CLASSES;
import static io.tta4j.onnx.BatchNormNetwork.EPSILON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxOptions.Activations;
import io.tta4j.onnx.graph.TestGraph;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batch norm on statistics of the batch, against a reference in double precision and its finite differences. */
class LiveStatisticsTest {

    private static final int ROWS = 5;

    static Stream<Arguments> networks() {
        return Stream.of(new long[] {2, 3}, new long[] {4}, new long[0], new long[] {2, 1, 2})
                .flatMap(space ->
                        Stream.of(0.25, 0.5, 1.0).map(weight -> Arguments.of(Arrays.toString(space), space, weight)));
    }

    @ParameterizedTest(name = "space {0}, weight of the batch {2}")
    @MethodSource("networks")
    void agreesWithFiniteDifferences(String name, long[] space, double batchWeight) {
        BatchNormNetwork network = new BatchNormNetwork(true, space);
        float[] x = TestGraph.normal(new Random(5), ROWS * CHANNELS * network.positions);
        float[] seed = TestGraph.normal(new Random(7), ROWS * CLASSES);
        try (OnnxModel model = network.load(EPSILON)) {
            float[] moved = SmallModels.moved(model.source()).toArray();
            double[] theta = new double[moved.length];
            Arrays.setAll(theta, i -> moved[i]);
            try (Pass pass =
                    model.withStatistics(new Statistics(batchWeight)).forward(network.batch(x), Vector.of(moved))) {
                assertClose(pass.logits().toArray(), network.logits(x, theta, batchWeight), 1e-4);

                double[] expected = new double[theta.length];
                double step = 1e-5;
                for (int i = 0; i < theta.length; i++) {
                    double there = theta[i];
                    theta[i] = there + step;
                    double above = product(seed, network.logits(x, theta, batchWeight));
                    theta[i] = there - step;
                    expected[i] = (above - product(seed, network.logits(x, theta, batchWeight))) / (2 * step);
                    theta[i] = there;
                }
                float[] gradient = pass.pullback(Matrix.of(ROWS, CLASSES, seed)).toArray();
                assertClose(gradient, expected, 1e-4);
            }
        }
    }

    private static double product(float[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void assertClose(float[] values, double[] expected, double share) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).as("value %d", i).isCloseTo(expected[i], within(share * largest));
        }
    }

    /** Whatever scale and shift come in front of it, batch norm on the batch's statistics takes them out again. */
    @Test
    void hidesScalesAndShiftsInFrontOfIt() {
        BatchNormNetwork network = new BatchNormNetwork(false, 2, 3);
        float[] x = TestGraph.normal(new Random(5), ROWS * CHANNELS * network.positions);
        float[] seed = TestGraph.normal(new Random(7), ROWS * CLASSES);
        try (OnnxModel model = network.load(1e-12f);
                Pass pass = model.withStatistics(Statistics.BATCH).forward(network.batch(x), model.source())) {
            Vector gradient = pass.pullback(Matrix.of(ROWS, CLASSES, seed));

            assertThat(Vector.of(gradient.slice(0, 2 * CHANNELS)).norm()).isLessThan(1e-4 * gradient.norm());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1})
    void blendsReachBothEnds(double end) {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        float[] x = TestGraph.normal(new Random(5), ROWS * CHANNELS * network.positions);
        Matrix seed = Matrix.of(ROWS, CLASSES, TestGraph.normal(new Random(7), ROWS * CLASSES));
        double near = end == 0 ? 1e-7 : 1 - 1e-7;
        try (OnnxModel model = network.load(EPSILON);
                Pass atEnd = model.withStatistics(new Statistics(end)).forward(network.batch(x), model.source());
                Pass nearEnd = model.withStatistics(new Statistics(near)).forward(network.batch(x), model.source())) {
            assertThat(Vector.of(nearEnd.logits().toArray())
                            .minus(Vector.of(atEnd.logits().toArray()))
                            .norm())
                    .isLessThan(1e-5 * Vector.of(atEnd.logits().toArray()).norm());
            Vector gradient = atEnd.pullback(seed);
            assertThat(nearEnd.pullback(seed).minus(gradient).norm()).isLessThan(1e-5 * gradient.norm());
        }
    }

    @Test
    void isTheModelItselfOnTheSourcesStatistics() {
        try (OnnxModel model = new BatchNormNetwork(true, 2, 3).load(EPSILON)) {
            AdaptableModel view = model.withStatistics(Statistics.BATCH);

            assertThat(model.withStatistics(Statistics.SOURCE)).isSameAs(model);
            assertThat(view.withStatistics(Statistics.SOURCE)).isSameAs(model);
            assertThat(view.withStatistics(new Statistics(1))).isSameAs(view);
            assertThat(view.layout()).isEqualTo(model.layout());
            assertThat(view.source()).isEqualTo(model.source());
        }
    }

    @Test
    void makesSamplesInteract() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        float[] x = TestGraph.normal(new Random(5), ROWS * CHANNELS * network.positions);
        Matrix seed = Matrix.of(ROWS, CLASSES, TestGraph.normal(new Random(7), ROWS * CLASSES));
        try (OnnxModel model = network.load(EPSILON)) {
            AdaptableModel view = model.withStatistics(Statistics.BATCH);

            assertThat(model.samplesIndependent()).isTrue();
            assertThat(view.samplesIndependent()).isFalse();
            try (Pass pass = view.forward(network.batch(x), view.source());
                    Pass whole = pass.repeat(view.source(), 0, 1, 2, 3, 4);
                    Pass two = pass.repeat(view.source(), 0, 1)) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> pass.samplePullback(seed))
                        .withMessageContaining("independent");
                assertThat(whole.logits()).isEqualTo(pass.logits());
                assertThat(two.logits().row(0)).isNotEqualTo(pass.logits().row(0));
            }
        }
    }

    @Test
    void servesTheSourceOnTheBatchsStatisticsToo() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        float[] x = TestGraph.normal(new Random(5), ROWS * CHANNELS * network.positions);
        try (OnnxModel model = network.load(EPSILON)) {
            float[] source = model.source().toArray();
            double[] theta = new double[source.length];
            Arrays.setAll(theta, i -> source[i]);
            try (Pass served = model.withStatistics(Statistics.BATCH).serve(network.batch(x), model.source())) {
                assertClose(served.logits().toArray(), network.logits(x, theta, 1), 1e-4);
                try (Pass repeated = served.repeat(model.source(), 1, 3)) {
                    float[] two = new float[2 * CHANNELS * network.positions];
                    int width = two.length / 2;
                    System.arraycopy(x, width, two, 0, width);
                    System.arraycopy(x, 3 * width, two, width, width);
                    assertClose(repeated.logits().toArray(), network.logits(two, theta, 1), 1e-4);
                }
            }
        }
    }

    /** A single value has no variance: what is left of it is the shift. */
    @Test
    void leavesTheShiftsOfASingleValue() {
        BatchNormNetwork network = new BatchNormNetwork(false);
        try (OnnxModel model = network.load(EPSILON)) {
            float[] theta = model.source().toArray();
            double[] logits = new double[CLASSES];
            for (int i = 0; i < CHANNELS * CLASSES; i++) {
                logits[i % CLASSES] += theta[3 * CHANNELS + i / CLASSES] * network.weights[i];
            }
            try (Pass pass = model.withStatistics(Statistics.BATCH)
                    .serve(network.batch(new float[] {3, -2, 7}), model.source())) {
                assertClose(pass.logits().toArray(), logits, 1e-5);
            }
        }
    }

    @Test
    void saysWhyOtherNormsHaveNone() {
        try (OnnxModel model = SmallModels.plain()) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.withStatistics(Statistics.BATCH))
                    .withMessageStartingWith(
                            "'small.onnx' must have batch norm in its graph for statistics 'batch', but its norm layers are: layer norm")
                    .withMessageContaining("export again with optimize=False");
            assertThat(model.withStatistics(Statistics.SOURCE)).isSameAs(model);
        }
    }

    /** Forward and backward in one graph, in which the statistics are computed once. */
    @Test
    void isTheSameWhereActivationsAreRecomputed() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Batch batch = network.batch(TestGraph.normal(new Random(5), ROWS * CHANNELS * network.positions));
        // A row of zeros has a part in the statistics all the same.
        float[] values = TestGraph.normal(new Random(7), ROWS * CLASSES);
        Arrays.fill(values, CLASSES, 2 * CLASSES, 0);
        Matrix seed = Matrix.of(ROWS, CLASSES, values);
        Statistics half = new Statistics(0.5);
        OnnxOptions recomputing =
                OnnxOptions.custom().activations(Activations.RECOMPUTED).build();
        try (OnnxModel kept = network.load(EPSILON);
                OnnxModel recomputed = network.load(EPSILON, recomputing);
                Pass one = kept.withStatistics(half).forward(batch, kept.source());
                Pass other = recomputed.withStatistics(half).forward(batch, kept.source())) {
            Vector gradient = one.pullback(seed);
            assertThat(other.pullback(seed).minus(gradient).norm()).isLessThan(1e-5 * gradient.norm());
        }
    }

    @Test
    void doesNotCutBatches() {
        OnnxOptions slices = OnnxOptions.custom().rowsPerPass(2).build();
        try (OnnxModel model = new BatchNormNetwork(true, 2, 3).load(EPSILON, slices)) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.withStatistics(Statistics.BATCH))
                    .withMessageContaining("must run over whole batches");
        }
    }

    @Test
    void livesAsLongAsTheModel() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Batch batch = network.batch(TestGraph.normal(new Random(5), ROWS * CHANNELS * network.positions));
        OnnxModel model = network.load(EPSILON);
        AdaptableModel view = model.withStatistics(Statistics.BATCH);
        Matrix logits;
        try (Pass pass = view.forward(batch, view.source())) {
            logits = pass.logits();
        }
        view.close();
        try (Pass pass = view.forward(batch, view.source())) {
            model.close();
            try (Pass repeated = pass.repeat(view.source(), 0, 1, 2, 3, 4)) {
                assertThat(repeated.logits()).isEqualTo(logits);
            }
        }
        assertThatIllegalStateException().isThrownBy(() -> view.forward(batch, view.source()));
    }
}
