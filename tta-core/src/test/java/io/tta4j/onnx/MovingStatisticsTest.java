package io.tta4j.onnx;

import static io.tta4j.onnx.BatchNormNetwork.CHANNELS;
import static io.tta4j.onnx.BatchNormNetwork.CLASSES;
import static io.tta4j.onnx.BatchNormNetwork.EPSILON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

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
import io.tta4j.onnx.graph.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batch norm on moments that move, against a reference in double precision. */
class MovingStatisticsTest {

    private static final int ROWS = 5;
    private static final Moments MOMENTS = new Moments(
            Vector.of(0.1f, -0.7f, 0.6f, 0.4f, 0.45f, 0.7f), Vector.of(0.8f, 1.2f, 0.3f, 0.2f, 0.1f, 0.05f));

    private static float[] inputs(BatchNormNetwork network, int rows) {
        return TestGraph.normal(new Random(5), rows * CHANNELS * network.positions);
    }

    private static Vector rate(float rate) {
        float[] rates = new float[MOMENTS.channels()];
        Arrays.fill(rates, rate);
        return Vector.of(rates);
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static double[] reference(BatchNormNetwork network, float[] x, double[] theta, Moments moments) {
        return network.logits(x, theta, (channel, mean, variance) ->
                new double[] {moments.means().get(channel), moments.variances().get(channel)});
    }

    private static void assertClose(float[] values, double[] expected, double share) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).as("value %d", i).isCloseTo(expected[i], within(share * largest));
        }
    }

    @Test
    void saysWhatTheSourceHas() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        try (OnnxModel model = network.load(EPSILON)) {
            BatchNorms norms = model.batchNorms().orElseThrow();

            assertThat(norms.source().means()).isEqualTo(Vector.of(network.means));
            assertThat(norms.source().variances()).isEqualTo(Vector.of(network.variances));
            assertThat(norms.layers())
                    .extracting(BatchNorms.Layer::norm)
                    .isEqualTo(model.layout().layers());
            assertThat(norms.layers()).extracting(BatchNorms.Layer::epsilon).containsOnly(EPSILON);
        }
    }

    @Test
    void looksBackFurtherTheDeeperALayerLies() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        try (OnnxModel model = network.load(EPSILON)) {
            float first = 1f / 200;
            float last = 1f / 3200;

            assertThat(model.batchNorms().orElseThrow().rates(200))
                    .isEqualTo(Vector.of(first, first, first, last, last, last));
        }
    }

    static Stream<Arguments> spaces() {
        return Stream.of(new long[] {2, 3}, new long[] {4}, new long[0], new long[] {2, 1, 2})
                .map(space -> Arguments.of(Arrays.toString(space), space));
    }

    /** Logits, gradients by finite differences of the reference, and those of single samples. */
    @ParameterizedTest(name = "space {0}")
    @MethodSource("spaces")
    void normalisesByOtherMoments(String name, long[] space) {
        BatchNormNetwork network = new BatchNormNetwork(true, space);
        float[] x = inputs(network, ROWS);
        Matrix seed = Matrix.of(ROWS, CLASSES, TestGraph.normal(new Random(7), ROWS * CLASSES));
        try (OnnxModel model = network.load(EPSILON)) {
            Vector moved = SmallModels.moved(model.source());
            double[] theta = doubles(moved.toArray());
            AdaptableModel view = model.withMoments(MOMENTS);
            try (Pass pass = view.forward(network.batch(x), moved);
                    Pass served = view.serve(network.batch(x), moved);
                    Pass repeated = pass.repeat(model.source(), 3, 1)) {
                double[] logits = reference(network, x, theta, MOMENTS);
                assertClose(pass.logits().toArray(), logits, 1e-4);
                assertClose(served.logits().toArray(), logits, 1e-4);
                double[] atSource = reference(network, x, doubles(model.source().toArray()), MOMENTS);
                assertClose(repeated.logits().row(0), Arrays.copyOfRange(atSource, 3 * CLASSES, 4 * CLASSES), 1e-4);
                assertClose(repeated.logits().row(1), Arrays.copyOfRange(atSource, CLASSES, 2 * CLASSES), 1e-4);

                double[] gradient = new double[theta.length];
                double step = 1e-5;
                for (int i = 0; i < theta.length; i++) {
                    double there = theta[i];
                    theta[i] = there + step;
                    double above = product(seed, reference(network, x, theta, MOMENTS));
                    theta[i] = there - step;
                    gradient[i] = (above - product(seed, reference(network, x, theta, MOMENTS))) / (2 * step);
                    theta[i] = there;
                }
                assertClose(pass.pullback(seed).toArray(), gradient, 1e-4);
                Matrix samples = pass.samplePullback(seed);
                Vector sum = IntStream.range(0, ROWS)
                        .mapToObj(row -> Vector.of(samples.row(row)))
                        .reduce(Vector::plus)
                        .orElseThrow();
                assertClose(sum.toArray(), gradient, 1e-4);
            }
        }
    }

    private static double product(Matrix seed, double[] logits) {
        float[] factors = seed.toArray();
        return IntStream.range(0, factors.length)
                .mapToDouble(i -> factors[i] * logits[i])
                .sum();
    }

    /** Each layer stands on what its moments have become, so that the next one sees what comes of that. */
    @ParameterizedTest(name = "space {0}")
    @MethodSource("spaces")
    void movesMomentsLayerByLayer(String name, long[] space) {
        BatchNormNetwork network = new BatchNormNetwork(true, space);
        float[] x = inputs(network, ROWS);
        float[] rates = {0.05f, 0.1f, 0.2f, 0.01f, 0.02f, 1};
        double[] means = new double[2 * CHANNELS];
        double[] variances = new double[2 * CHANNELS];
        try (OnnxModel model = network.load(EPSILON)) {
            Vector theta = SmallModels.moved(model.source());
            Observation observation = model.observe(network.batch(x), theta, MOMENTS, Vector.of(rates));
            double[] logits = network.logits(x, doubles(theta.toArray()), (channel, mean, variance) -> {
                double weight = 1 - Math.pow(1 - rates[channel], ROWS);
                double mean0 = MOMENTS.means().get(channel);
                double square0 = MOMENTS.variances().get(channel) + mean0 * mean0;
                means[channel] = (1 - weight) * mean0 + weight * mean;
                double square = (1 - weight) * square0 + weight * (variance + mean * mean);
                variances[channel] = square - means[channel] * means[channel];
                return new double[] {means[channel], variances[channel]};
            });

            assertClose(observation.moments().means().toArray(), means, 1e-5);
            assertClose(observation.moments().variances().toArray(), variances, 1e-5);
            try (Pass pass = observation.pass();
                    Pass there = model.withMoments(observation.moments()).forward(network.batch(x), theta);
                    Pass repeated = pass.repeat(theta, 2)) {
                assertClose(pass.logits().toArray(), logits, 1e-4);
                assertClose(there.logits().toArray(), logits, 1e-4);
                assertClose(repeated.logits().toArray(), doubles(there.logits().row(2)), 1e-5);
            }
        }
    }

    @Test
    void isOnTheBatchsStatisticsAtFullRate() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Batch batch = network.batch(inputs(network, ROWS));
        try (OnnxModel model = network.load(EPSILON);
                Pass onBatch = model.withStatistics(Statistics.BATCH).serve(batch, model.source());
                Pass observed =
                        model.observe(batch, model.source(), MOMENTS, rate(1)).pass()) {
            assertClose(observed.logits().toArray(), doubles(onBatch.logits().toArray()), 1e-5);
        }
    }

    /** A sample has its share whether it comes alone or not; behind the first layer, what it meets there differs. */
    @Test
    void movesTheFirstLayerAlikeInBatchesOfAnySize() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        float[] x = inputs(network, 4);
        int width = CHANNELS * network.positions;
        try (OnnxModel model = network.load(EPSILON)) {
            // Four times the same sample: only then do order and weights within a batch not matter.
            float[] same = new float[4 * width];
            for (int row = 0; row < 4; row++) {
                System.arraycopy(x, 0, same, row * width, width);
            }
            Moments together = model.observe(network.batch(same), model.source(), MOMENTS, rate(0.1f))
                    .moments();
            Moments apart = MOMENTS;
            for (int row = 0; row < 4; row++) {
                apart = model.observe(network.batch(Arrays.copyOf(x, width)), model.source(), apart, rate(0.1f))
                        .moments();
            }

            assertClose(
                    apart.means().slice(0, CHANNELS), doubles(together.means().slice(0, CHANNELS)), 1e-5);
            assertClose(
                    apart.variances().slice(0, CHANNELS),
                    doubles(together.variances().slice(0, CHANNELS)),
                    1e-5);
        }
    }

    @Test
    void movesInTurnWithSlicesOfABatch() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Batch batch = network.batch(inputs(network, ROWS));
        try (OnnxModel whole = network.load(EPSILON);
                OnnxModel sliced = network.load(
                        EPSILON, OnnxOptions.custom().rowsPerPass(2).build())) {
            Moments moments = MOMENTS;
            for (int[] rows : new int[][] {{0, 1}, {2, 3}, {4}}) {
                moments = whole.observe(batch.select(rows), whole.source(), moments, rate(0.1f))
                        .moments();
            }
            Observation observation = sliced.observe(batch, sliced.source(), MOMENTS, rate(0.1f));

            assertThat(observation.moments()).isEqualTo(moments);
            assertThat(observation.pass().rows()).isEqualTo(ROWS);
        }
    }

    @Test
    void givesTheSameBitsAgain() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Batch batch = network.batch(inputs(network, ROWS));
        try (OnnxModel model = network.load(EPSILON)) {
            Observation first = model.observe(batch, model.source(), MOMENTS, rate(0.1f));
            Observation second = model.observe(batch, model.source(), MOMENTS, rate(0.1f));

            assertThat(second.moments()).isEqualTo(first.moments());
            assertThat(second.pass().logits()).isEqualTo(first.pass().logits());
        }
    }

    @Test
    void isTheModelItselfOnTheSourcesMoments() {
        try (OnnxModel model = new BatchNormNetwork(true, 2, 3).load(EPSILON)) {
            AdaptableModel view = model.withMoments(MOMENTS);

            assertThat(model.withStatistics(Statistics.MOVING)).isSameAs(model);
            assertThat(model.withStatistics(Statistics.AUTO)).isSameAs(model);
            assertThat(view.withMoments(model.batchNorms().orElseThrow().source()))
                    .isSameAs(model);
            assertThat(view.layout()).isEqualTo(model.layout());
            assertThat(view.source()).isEqualTo(model.source());
            assertThat(view.samplesIndependent()).isTrue();
        }
    }

    /** One theta for two calls, each with moments of its own: such a layer stays where it is. */
    @Test
    void leavesAModuleThatIsCalledTwice() {
        TestGraph graph = new TestGraph(17);
        String scales = graph.weights(CHANNELS);
        String shifts = graph.weights(CHANNELS);
        String means = graph.weights(CHANNELS);
        String variances = graph.constant(new float[] {1, 2, 3}, CHANNELS);
        String once = graph.named(
                "/shared/BatchNormalization",
                "BatchNormalization",
                List.of(graph.input("x", CHANNELS), scales, shifts, means, variances));
        String twice = graph.named(
                "/shared_1/BatchNormalization", "BatchNormalization", List.of(once, scales, shifts, means, variances));
        String other = graph.named(
                "/other/BatchNormalization",
                "BatchNormalization",
                List.of(twice, graph.weights(CHANNELS), graph.weights(CHANNELS), means, variances));
        graph.output(graph.node("MatMul", List.of(other, graph.weights(CHANNELS, CLASSES))));
        try (OnnxModel model = SmallModels.load(graph.model())) {
            assertThat(model.layout().layers()).hasSize(2);
            assertThat(model.batchNorms().orElseThrow().layers())
                    .extracting(layer -> layer.norm().name())
                    .containsExactly("other");
        }
    }

    @Test
    void saysWhyOtherNormsHaveNone() {
        try (OnnxModel model = SmallModels.plain()) {
            assertThat(model.batchNorms()).isEmpty();
            assertThat(model.withStatistics(Statistics.AUTO)).isSameAs(model);
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.withStatistics(Statistics.moving(50)))
                    .withMessageStartingWith(
                            "'small.onnx' must have batch norm in its graph for statistics 'moving(50.0)', but its norm layers are: layer norm");
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.observe(SmallModels.batch(), model.source(), MOMENTS, rate(0.1f)));
            assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.withMoments(MOMENTS));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -0.1f, 1.1f, Float.NaN})
    void refusesOtherRates(float rate) {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Batch batch = network.batch(inputs(network, ROWS));
        try (OnnxModel model = network.load(EPSILON)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.observe(batch, model.source(), MOMENTS, rate(rate)))
                    .withMessage("rates must be above 0 and at most 1, but one was " + rate);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        BatchNormNetwork network = new BatchNormNetwork(true, 2, 3);
        Batch batch = network.batch(inputs(network, ROWS));
        Moments fewer = new Moments(Vector.of(1), Vector.of(1));
        OnnxModel model = network.load(EPSILON);
        Vector theta = model.source();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.withMoments(fewer))
                .withMessage("moments must be of 6 channels, but were of 1");
        assertThatIllegalArgumentException().isThrownBy(() -> model.observe(batch, theta, fewer, rate(0.1f)));
        assertThatIllegalArgumentException().isThrownBy(() -> model.observe(batch, Vector.of(1), MOMENTS, rate(0.1f)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.observe(SmallModels.batch(), theta, MOMENTS, rate(0.1f)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.observe(batch, theta, MOMENTS, Vector.of(1)))
                .withMessage("there must be a rate for each of 6 channels, but there were 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.withMoments(MOMENTS).forward(batch, Vector.of(1)))
                .withMessage("theta must have %d values, but had 1", theta.size());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Moments(Vector.of(1, 2), Vector.of(1)))
                .withMessage("there must be as many variances as means, but there were 1 and 2");
        model.close();
        assertThatIllegalStateException().isThrownBy(() -> model.observe(batch, theta, MOMENTS, rate(0.1f)));
    }
}
