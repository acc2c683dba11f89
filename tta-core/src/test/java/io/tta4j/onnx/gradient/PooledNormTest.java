package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static io.tta4j.onnx.graph.TestGraph.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.graph.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stem of a ResNet: a norm layer, maybe a ReLU, and a max pool; scales of either sign. */
class PooledNormTest {

    private static final int ROWS = 4;
    private static final int CHANNELS = 6;
    private static final int SIDE = 5;
    private static final int SPACE = SIDE * SIDE;
    private static final int POOLED = 3;
    private static final float EPSILON = 1e-3f;

    record Stem(String name, boolean rectified, Textbook textbook, BiFunction<TestGraph, String, String> norm) {

        @Override
        public String toString() {
            return name + (rectified ? ", ReLU" : "");
        }
    }

    static Stream<Stem> stems() {
        float[] mean = {0.5f, -1, 0.25f, 0, 0, 1};
        float[] variance = {2, 0.1f, 1, 1, 0.5f, 1};
        Textbook groups = new Textbook(i -> i / (3 * SPACE), i -> i / SPACE, CHANNELS, EPSILON);
        Textbook frozen = new Textbook(i -> i / SPACE, i -> i / SPACE, CHANNELS, EPSILON).frozen(mean, variance);
        return Stream.of(true, false)
                .flatMap(rectified -> Stream.of(
                        new Stem("group norm", rectified, groups, PooledNormTest::groupNorm),
                        new Stem("batch norm", rectified, frozen, (g, x) -> batchNorm(g, x, mean, variance))));
    }

    private static String groupNorm(TestGraph g, String x) {
        return g.named(
                "/stem/GroupNormalization",
                "GroupNormalization",
                List.of(x, g.weights(CHANNELS), g.weights(CHANNELS)),
                attribute("num_groups", 2),
                real("epsilon", EPSILON));
    }

    private static String batchNorm(TestGraph g, String x, float[] mean, float[] variance) {
        return g.named(
                "/stem/BatchNormalization",
                "BatchNormalization",
                List.of(
                        x,
                        g.weights(CHANNELS),
                        g.weights(CHANNELS),
                        g.constant(mean, CHANNELS),
                        g.constant(variance, CHANNELS)),
                real("epsilon", EPSILON));
    }

    @ParameterizedTest
    @MethodSource("stems")
    void gradientsComeFromTheMaxima(Stem stem) {
        TestGraph written = new TestGraph(21);
        String y = stem.norm().apply(written, written.input("x", CHANNELS, SIDE, SIDE));
        String let = stem.rectified() ? written.node("Relu", List.of(y)) : y;
        String output = written.node(
                "MaxPool",
                List.of(let),
                integers("kernel_shape", 3, 3),
                integers("strides", 2, 2),
                integers("pads", 1, 1, 1, 1));
        written.output(output);
        List<Long> shape = List.of(InputSpec.ANY, (long) CHANNELS, (long) SIDE, (long) SIDE);
        NormGradientTest.Derived derived =
                NormGradientTest.Derived.of(written, new InputSpec("x", ElementType.FLOAT32, shape), output);

        Random random = new Random(3);
        int elements = CHANNELS * SPACE;
        int pooled = CHANNELS * POOLED * POOLED;
        float[] x = TestGraph.normal(random, ROWS * elements);
        float[] theta = TestGraph.normal(random, 2 * CHANNELS);
        float[] seed = TestGraph.normal(random, ROWS * pooled);
        derived.run(
                Tensor.of(x, ROWS, CHANNELS, SIDE, SIDE),
                Tensor.of(theta, theta.length),
                Tensor.of(seed, ROWS, CHANNELS, POOLED, POOLED));

        double[] gamma = Numbers.doubles(Arrays.copyOf(theta, CHANNELS));
        double[] beta = Numbers.doubles(Arrays.copyOfRange(theta, CHANNELS, 2 * CHANNELS));
        assertThat(Arrays.stream(gamma).map(Math::signum).distinct().boxed()).hasSize(2);
        double[] expected = new double[ROWS * theta.length];
        for (int row = 0; row < ROWS; row++) {
            double[] image = Numbers.doubles(Arrays.copyOfRange(x, row * elements, (row + 1) * elements));
            Textbook.Run run = stem.textbook().new Run(image, gamma, beta);
            double[] dy = unpooled(run.output, Arrays.copyOfRange(seed, row * pooled, (row + 1) * pooled), stem);
            System.arraycopy(run.scaleGradient(dy), 0, expected, row * theta.length, CHANNELS);
            System.arraycopy(run.shiftGradient(dy), 0, expected, row * theta.length + CHANNELS, CHANNELS);
        }
        assertThat(Numbers.worstError(derived.sampleGradient, expected)).isLessThan(1e-5);
        assertThat(derived.keeps(y)).isFalse();
        assertThat(derived.keeps(let)).isFalse();
    }

    /** Each output's gradient goes to the first of its window's largest elements, if ReLU lets it through. */
    private static double[] unpooled(double[] y, float[] seed, Stem stem) {
        double[] gradient = new double[y.length];
        for (int output = 0; output < seed.length; output++) {
            int channel = output / (POOLED * POOLED);
            int row = output / POOLED % POOLED;
            int column = output % POOLED;
            int largest = -1;
            for (int i = Math.max(0, 2 * row - 1); i <= Math.min(SIDE - 1, 2 * row + 1); i++) {
                for (int j = Math.max(0, 2 * column - 1); j <= Math.min(SIDE - 1, 2 * column + 1); j++) {
                    int element = channel * SPACE + i * SIDE + j;
                    largest = largest < 0 || y[element] > y[largest] ? element : largest;
                }
            }
            gradient[largest] += stem.rectified() && y[largest] <= 0 ? 0 : seed[output];
        }
        return gradient;
    }
}
