package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.tta4j.model.ModelException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowsTest {

    static Stream<RuleCase> convolutions() {
        return Stream.of(
                conv("3x3", s(3, 6, 7), s(4, 3, 3, 3)),
                conv("3x3, padded", s(3, 6, 7), s(4, 3, 3, 3), integers("pads", 1, 1, 1, 1)),
                conv("3x3, stride 2", s(3, 6, 7), s(4, 3, 3, 3), integers("strides", 2, 2)),
                conv(
                        "3x3, padded, stride 2",
                        s(3, 6, 7),
                        s(4, 3, 3, 3),
                        integers("pads", 1, 1, 1, 1),
                        integers("strides", 2, 2)),
                conv(
                        "5x3, padded, strides 2 and 3",
                        s(3, 9, 11),
                        s(4, 3, 5, 3),
                        integers("pads", 2, 1, 2, 1),
                        integers("strides", 2, 3)),
                conv("asymmetric pads", s(3, 6, 7), s(4, 3, 3, 3), integers("pads", 0, 1, 2, 0)),
                conv(
                        "asymmetric pads, stride 2",
                        s(3, 6, 7),
                        s(4, 3, 3, 3),
                        integers("pads", 0, 1, 2, 0),
                        integers("strides", 2, 2)),
                conv(
                        "more padding before than the kernel reaches",
                        s(2, 4, 4),
                        s(3, 2, 2, 2),
                        integers("pads", 3, 3, 0, 0)),
                conv(
                        "more padding behind than the kernel reaches",
                        s(2, 4, 4),
                        s(3, 2, 2, 2),
                        integers("pads", 0, 0, 3, 3)),
                conv("dilations", s(3, 8, 9), s(4, 3, 3, 3), integers("dilations", 2, 3)),
                conv(
                        "dilations, padded, stride 2",
                        s(3, 8, 9),
                        s(4, 3, 3, 3),
                        integers("dilations", 2, 2),
                        integers("pads", 2, 2, 2, 2),
                        integers("strides", 2, 2)),
                conv("two groups", s(4, 6, 6), s(6, 2, 3, 3), attribute("group", 2)),
                conv(
                        "two groups, stride 2",
                        s(4, 6, 6),
                        s(6, 2, 3, 3),
                        attribute("group", 2),
                        integers("pads", 1, 1, 1, 1),
                        integers("strides", 2, 2)),
                conv("depthwise", s(4, 6, 6), s(4, 1, 3, 3), attribute("group", 4), integers("pads", 1, 1, 1, 1)),
                conv("depthwise, two outputs each", s(3, 6, 6), s(6, 1, 3, 3), attribute("group", 3)),
                conv(
                        "depthwise 7x7, padded 3",
                        s(4, 8, 8),
                        s(4, 1, 7, 7),
                        attribute("group", 4),
                        integers("pads", 3, 3, 3, 3)),
                conv("1x1", s(4, 5, 6), s(3, 4, 1, 1)),
                conv("1x1, stride 2", s(4, 5, 6), s(3, 4, 1, 1), integers("strides", 2, 2)),
                conv("1x1, padded", s(4, 5, 6), s(3, 4, 1, 1), integers("pads", 1, 1, 1, 1)),
                conv("1x1, padded behind", s(4, 5, 6), s(3, 4, 1, 1), integers("pads", 0, 0, 1, 2)),
                conv("4x4, stride 4: patches", s(3, 8, 8), s(5, 3, 4, 4), integers("strides", 4, 4)),
                conv("4x4, stride 4, with a rest", s(3, 11, 10), s(5, 3, 4, 4), integers("strides", 4, 4)),
                conv("one axis", s(3, 9), s(4, 3, 3), integers("pads", 1, 1), integers("strides", 2)),
                conv("one axis, stride 1", s(3, 9), s(4, 3, 3), integers("pads", 1, 0)),
                conv("three axes", s(2, 4, 5, 6), s(3, 2, 3, 3, 3), integers("pads", 1, 1, 1, 1, 1, 1)),
                conv("three axes, strides", s(2, 4, 5, 6), s(3, 2, 2, 3, 3), integers("strides", 2, 1, 2)),
                conv(
                        "SAME_UPPER",
                        s(3, 6, 7),
                        s(4, 3, 3, 3),
                        attribute("auto_pad", "SAME_UPPER"),
                        integers("strides", 2, 2)),
                conv(
                        "SAME_LOWER",
                        s(3, 6, 7),
                        s(4, 3, 3, 3),
                        attribute("auto_pad", "SAME_LOWER"),
                        integers("strides", 2, 2)),
                conv("SAME_UPPER, even kernel", s(3, 6, 7), s(4, 3, 2, 4), attribute("auto_pad", "SAME_UPPER")),
                conv("SAME_LOWER, even kernel", s(3, 6, 7), s(4, 3, 2, 4), attribute("auto_pad", "SAME_LOWER")),
                conv("VALID", s(3, 6, 7), s(4, 3, 3, 3), attribute("auto_pad", "VALID"), integers("strides", 2, 2)));
    }

    private static RuleCase conv(String name, long[] input, long[] kernel, AttributeProto... attributes) {
        return RuleCase.of(
                name, g -> g.node("Conv", List.of(g.x(input), g.weights(kernel), g.weights(kernel[0])), attributes));
    }

    @ParameterizedTest
    @MethodSource
    void convolutions(RuleCase convolution) {
        convolution.verifyAdjoint();
    }

    @Test
    void refusesToDifferentiateByTheKernel() {
        RuleCase byKernel = RuleCase.of("kernel", g -> g.node("Conv", List.of(g.x(3, 6, 6), g.leaf(4, 3, 3, 3))));

        assertThatThrownBy(byKernel::verifyAdjoint)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Conv node")
                .hasMessageContaining("the kernel depends on an adapted layer");
    }

    static Stream<RuleCase> transposedConvolutions() {
        return Stream.of(
                transposed("3x3", s(3, 6, 7), s(3, 4, 3, 3)),
                transposed("2x2, stride 2", s(3, 4, 5), s(3, 4, 2, 2), integers("strides", 2, 2)),
                transposed(
                        "padded, stride 2, with a rest",
                        s(3, 4, 5),
                        s(3, 4, 3, 3),
                        integers("strides", 2, 2),
                        integers("pads", 1, 1, 1, 1),
                        integers("output_padding", 1, 1)),
                transposed(
                        "asymmetric pads, dilations, two groups",
                        s(4, 5, 5),
                        s(4, 3, 3, 3),
                        attribute("group", 2),
                        integers("dilations", 1, 2),
                        integers("pads", 0, 1, 2, 0)),
                transposed("one axis", s(3, 6), s(3, 4, 3), integers("strides", 2)));
    }

    private static RuleCase transposed(String name, long[] input, long[] kernel, AttributeProto... attributes) {
        return RuleCase.of(name, g -> g.node("ConvTranspose", List.of(g.x(input), g.weights(kernel)), attributes));
    }

    @ParameterizedTest
    @MethodSource
    void transposedConvolutions(RuleCase convolution) {
        convolution.verifyAdjoint();
    }

    static Stream<RuleCase> columns() {
        return Stream.of(
                columns("3x3, padded", s(3 * 9, 20), s(4, 5), s(3, 3), integers("pads", 1, 1, 1, 1)),
                columns("2x2, stride 2", s(2 * 4, 6), s(4, 6), s(2, 2), integers("strides", 2, 2)),
                columns("dilations", s(2 * 4, 3 * 2), s(5, 5), s(2, 2), integers("dilations", 2, 3)));
    }

    private static RuleCase columns(String name, long[] input, long[] image, long[] block, AttributeProto... how) {
        return RuleCase.of(name, 18, g -> g.node("Col2Im", List.of(g.x(input), g.longs(image), g.longs(block)), how));
    }

    @ParameterizedTest
    @MethodSource
    void columns(RuleCase columns) {
        columns.verifyAdjoint();
    }

    static Stream<RuleCase> averagePools() {
        return Stream.of(
                average("2x2, stride 2", s(3, 6, 8), integers("kernel_shape", 2, 2), integers("strides", 2, 2)),
                average("overlapping", s(3, 6, 7), integers("kernel_shape", 3, 2)),
                average(
                        "padded",
                        s(3, 6, 7),
                        integers("kernel_shape", 3, 3),
                        integers("strides", 2, 2),
                        integers("pads", 1, 1, 1, 1)),
                average(
                        "padding counted",
                        s(3, 6, 7),
                        integers("kernel_shape", 3, 3),
                        integers("strides", 2, 2),
                        integers("pads", 1, 1, 1, 1),
                        attribute("count_include_pad", 1)),
                average("asymmetric pads", s(3, 6, 7), integers("kernel_shape", 3, 3), integers("pads", 0, 2, 2, 1)),
                average(
                        "asymmetric padding counted",
                        s(3, 6, 7),
                        integers("kernel_shape", 3, 3),
                        integers("pads", 0, 1, 2, 0),
                        attribute("count_include_pad", 1)),
                average(
                        "rounded up",
                        s(3, 6, 7),
                        integers("kernel_shape", 3, 3),
                        integers("strides", 2, 2),
                        attribute("ceil_mode", 1)),
                average(
                        "rounded up, padded",
                        s(3, 7, 8),
                        integers("kernel_shape", 3, 3),
                        integers("strides", 3, 3),
                        integers("pads", 1, 1, 1, 1),
                        attribute("ceil_mode", 1)),
                average(
                        "rounded up, padding counted",
                        s(3, 6, 7),
                        integers("kernel_shape", 3, 3),
                        integers("strides", 2, 2),
                        integers("pads", 1, 1, 1, 1),
                        attribute("ceil_mode", 1),
                        attribute("count_include_pad", 1)),
                average(
                        "stride beyond the kernel",
                        s(3, 7, 9),
                        integers("kernel_shape", 2, 2),
                        integers("strides", 3, 4)),
                average("with a rest", s(3, 7, 9), integers("kernel_shape", 2, 2), integers("strides", 2, 4)),
                average(
                        "SAME_UPPER",
                        s(3, 6, 7),
                        integers("kernel_shape", 3, 2),
                        integers("strides", 2, 2),
                        attribute("auto_pad", "SAME_UPPER")),
                average(
                        "SAME_LOWER",
                        s(3, 6, 7),
                        integers("kernel_shape", 3, 2),
                        integers("strides", 2, 2),
                        attribute("auto_pad", "SAME_LOWER")),
                average("one axis", s(3, 9), integers("kernel_shape", 3), integers("strides", 2)),
                average("three axes", s(2, 4, 4, 6), integers("kernel_shape", 2, 2, 3), integers("strides", 2, 2, 3)),
                RuleCase.of(
                        "dilations",
                        19,
                        g -> g.node(
                                "AveragePool",
                                List.of(g.x(3, 7, 8)),
                                integers("kernel_shape", 3, 2),
                                integers("dilations", 2, 3))));
    }

    private static RuleCase average(String name, long[] input, AttributeProto... attributes) {
        return RuleCase.of(name, g -> g.node("AveragePool", List.of(g.x(input)), attributes));
    }

    @ParameterizedTest
    @MethodSource
    void averagePools(RuleCase pool) {
        pool.verifyAdjoint();
    }

    /** A maximum pool over [rows, channels, height, width], as its attributes say. */
    record MaxPool(
            String name,
            int height,
            int width,
            List<Integer> kernel,
            List<Integer> strides,
            List<Integer> pads,
            List<Integer> dilations,
            List<Integer> out) {

        private static final int CHANNELS = 3;

        RuleCase rule() {
            return RuleCase.of(
                    name,
                    g -> g.node(
                            "MaxPool",
                            List.of(g.x(CHANNELS, height, width)),
                            integers("kernel_shape", longs(kernel)),
                            integers("strides", longs(strides)),
                            integers("pads", longs(pads)),
                            integers("dilations", longs(dilations)),
                            attribute("ceil_mode", 1)));
        }

        /** Each output's gradient goes to the first of the largest elements under its window. */
        Map<String, double[]> gradients(Map<String, double[]> leaves, double[] seed) {
            double[] x = leaves.values().iterator().next();
            double[] gradient = new double[x.length];
            int i = 0;
            for (int plane = 0; plane < RuleGraph.ROWS * CHANNELS; plane++) {
                for (int row = 0; row < out.get(0); row++) {
                    for (int column = 0; column < out.get(1); column++) {
                        gradient[largest(x, plane, row, column)] += seed[i++];
                    }
                }
            }
            return Map.of("x0", gradient);
        }

        private int largest(double[] x, int plane, int row, int column) {
            int best = -1;
            for (int i = 0; i < kernel.get(0); i++) {
                for (int j = 0; j < kernel.get(1); j++) {
                    int y = row * strides.get(0) + i * dilations.get(0) - pads.get(0);
                    int z = column * strides.get(1) + j * dilations.get(1) - pads.get(1);
                    boolean inside = y >= 0 && y < height && z >= 0 && z < width;
                    int at = (plane * height + y) * width + z;
                    if (inside && (best < 0 || x[at] > x[best])) {
                        best = at;
                    }
                }
            }
            return best;
        }

        private static long[] longs(List<Integer> values) {
            return values.stream().mapToLong(Integer::longValue).toArray();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<MaxPool> maxPools() {
        return Stream.of(
                new MaxPool("2x2, stride 2", 6, 8, i(2, 2), i(2, 2), i(0, 0, 0, 0), i(1, 1), i(3, 4)),
                new MaxPool("overlapping", 6, 7, i(3, 3), i(1, 1), i(0, 0, 0, 0), i(1, 1), i(4, 5)),
                new MaxPool("overlapping, padded, stride 2", 7, 7, i(3, 3), i(2, 2), i(1, 1, 1, 1), i(1, 1), i(4, 4)),
                new MaxPool("asymmetric pads", 6, 7, i(3, 2), i(2, 1), i(0, 1, 1, 0), i(1, 1), i(3, 7)),
                new MaxPool("rounded up", 6, 7, i(3, 3), i(2, 2), i(0, 0, 0, 0), i(1, 1), i(3, 3)),
                new MaxPool("dilations", 8, 8, i(2, 3), i(1, 2), i(0, 0, 0, 0), i(3, 2), i(5, 3)),
                // Enough for several threads, which must not lose a summand.
                new MaxPool("many windows", 96, 96, i(3, 3), i(1, 1), i(1, 1, 1, 1), i(1, 1), i(96, 96)));
    }

    @ParameterizedTest
    @MethodSource
    void maxPools(MaxPool pool) {
        pool.rule().verify(pool::gradients);
    }

    @Test
    void sharesTheMaximumPoolsGradientByTheFirstOfEquals() {
        RuleCase ties = RuleCase.of("ties", g -> {
            String x = g.x(1, 4, 4);
            Arrays.fill(g.values(x), 1);
            return g.node("MaxPool", List.of(x), integers("kernel_shape", 2, 2), integers("strides", 2, 2));
        });

        ties.verify((leaves, seed) -> {
            double[] gradient = new double[RuleGraph.ROWS * 16];
            for (int i = 0; i < seed.length; i++) {
                gradient[i / 2 * 8 + i % 2 * 2] = seed[i];
            }
            return Map.of("x0", gradient);
        });
    }

    private static long[] s(long... shape) {
        return shape;
    }

    private static List<Integer> i(Integer... values) {
        return List.of(values);
    }
}
