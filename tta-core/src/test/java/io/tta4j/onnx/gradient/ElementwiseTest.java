package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.gradient.RuleCase.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElementwiseTest {

    private static final int N = RuleGraph.ROWS;

    /** Two shapes that are broadcast, the batch first where there is one. */
    record Operands(List<Integer> first, List<Integer> second) {

        private static final int RANK = 4;

        String write(RuleGraph graph, String operator) {
            return graph.node(operator, List.of(leaf(graph, first), leaf(graph, second)));
        }

        private static String leaf(RuleGraph graph, List<Integer> shape) {
            boolean batched = shape.size() > 1 && shape.get(0) == N;
            long[] extents = (batched ? shape.subList(1, shape.size()) : shape)
                    .stream().mapToLong(Integer::longValue).toArray();
            return graph.positive(batched ? graph.x(extents) : graph.leaf(extents));
        }

        /** The partial derivatives, summed over the elements that one operand's element meets. */
        Map<String, double[]> gradients(
                Map<String, double[]> leaves,
                double[] seed,
                DoubleBinaryOperator byFirst,
                DoubleBinaryOperator bySecond) {
            String a = name(0, first);
            String b = name(1, second);
            double[] x = leaves.getOrDefault(a, new double[0]);
            double[] y = leaves.getOrDefault(b, new double[0]);
            double[] dx = new double[x.length];
            double[] dy = new double[y.length];
            int[] extents = new int[RANK];
            for (int axis = 0; axis < RANK; axis++) {
                extents[axis] = Math.max(extent(first, axis), extent(second, axis));
            }
            for (int at = 0; at < seed.length; at++) {
                int i = index(first, extents, at);
                int j = index(second, extents, at);
                dx[i] += seed[at] * byFirst.applyAsDouble(x[i], y[j]);
                dy[j] += seed[at] * bySecond.applyAsDouble(x[i], y[j]);
            }
            return Map.of(a, dx, b, dy);
        }

        private static String name(int index, List<Integer> shape) {
            return (shape.size() > 1 && shape.get(0) == N ? "x" : "leaf") + index;
        }

        private static int extent(List<Integer> shape, int axis) {
            int own = axis - (RANK - shape.size());
            return own < 0 ? 1 : shape.get(own);
        }

        private static int index(List<Integer> shape, int[] extents, int at) {
            int rest = at;
            int index = 0;
            int stride = 1;
            for (int axis = RANK - 1; axis >= 0; axis--) {
                int coordinate = rest % extents[axis];
                rest /= extents[axis];
                if (extent(shape, axis) > 1) {
                    index += coordinate * stride;
                    stride *= extent(shape, axis);
                }
            }
            return index;
        }

        @Override
        public String toString() {
            return first + " and " + second;
        }
    }

    static Stream<Operands> broadcasts() {
        return Stream.of(
                new Operands(List.of(N, 3), List.of(N, 3)),
                new Operands(List.of(N, 3), List.of()),
                new Operands(List.of(), List.of(N, 3)),
                new Operands(List.of(N, 3, 2, 5), List.of(1)),
                new Operands(List.of(N, 3, 5), List.of(1, 3, 1)),
                new Operands(List.of(3, 1, 1), List.of(N, 3, 2, 5)),
                new Operands(List.of(N, 3, 2, 5), List.of(5)),
                new Operands(List.of(N, 3, 5), List.of(N, 1, 5)),
                new Operands(List.of(N, 1, 5), List.of(N, 3, 1)),
                new Operands(List.of(N, 3, 2, 5), List.of(1, 1, 2, 1)));
    }

    @ParameterizedTest
    @MethodSource("broadcasts")
    void add(Operands operands) {
        verify("Add", operands, (a, b) -> 1, (a, b) -> 1);
        RuleCase.of("Add", g -> operands.write(g, "Add")).verifyAdjoint();
    }

    @ParameterizedTest
    @MethodSource("broadcasts")
    void subtract(Operands operands) {
        verify("Sub", operands, (a, b) -> 1, (a, b) -> -1);
        RuleCase.of("Sub", g -> operands.write(g, "Sub")).verifyAdjoint();
    }

    @ParameterizedTest
    @MethodSource("broadcasts")
    void multiply(Operands operands) {
        verify("Mul", operands, (a, b) -> b, (a, b) -> a);
    }

    @ParameterizedTest
    @MethodSource("broadcasts")
    void divide(Operands operands) {
        verify("Div", operands, (a, b) -> 1 / b, (a, b) -> -a / (b * b));
    }

    @ParameterizedTest
    @MethodSource("broadcasts")
    void maximum(Operands operands) {
        verify("Max", operands, (a, b) -> a > b ? 1 : 0, (a, b) -> a > b ? 0 : 1);
    }

    @ParameterizedTest
    @MethodSource("broadcasts")
    void minimum(Operands operands) {
        verify("Min", operands, (a, b) -> a < b ? 1 : 0, (a, b) -> a < b ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Max", "Min"})
    void sharesATieBetweenTwo(String operator) {
        RuleCase.of(operator, g -> {
                    String x = g.x(3);
                    return g.node(operator, List.of(x, g.node("Abs", List.of(g.positive(x)))));
                })
                .verify(unary(x -> 1));
        RuleCase.of(operator, g -> {
                    String x = g.x(3);
                    String twice =
                            g.node("Mul", List.of(g.positive(x), g.graph().number(2)));
                    return g.node(operator, List.of(twice, g.node("Add", List.of(x, x))));
                })
                .verify(unary(x -> 2));
    }

    /** As PyTorch's clamp does: on the bound counts as within. */
    @ParameterizedTest
    @ValueSource(strings = {"Max", "Min"})
    void givesATieWithAConstantToTheOther(String operator) {
        RuleCase.of(operator, g -> {
                    String x = g.x(3);
                    Arrays.fill(g.values(x), 1);
                    return g.node(operator, List.of(x, g.graph().number(1)));
                })
                .verify(unary(x -> 1));
    }

    @Test
    void takesTheLargestOfThree() {
        RuleCase.of("Max", g -> {
                    String x = g.x(4, 5);
                    String half = g.node("Mul", List.of(x, g.graph().number(0.5f)));
                    return g.node("Max", List.of(half, x, g.graph().number(-0.25f)));
                })
                .verify(unary(x -> x > 0 ? 1 : x > -0.5 ? 0.5 : 0));
    }

    static Stream<RuleCase> linear() {
        return Stream.of(
                RuleCase.of("Sum", g -> g.node("Sum", List.of(g.x(3, 5), g.leaf(5), g.x(1, 5)))),
                RuleCase.of("Sum of one", g -> g.node("Sum", List.of(g.x(3, 5)))),
                RuleCase.of("Mean", g -> g.node("Mean", List.of(g.x(3, 5), g.leaf(5), g.x(1, 5)))),
                RuleCase.of("Where", g -> g.node("Where", List.of(mask(g, 3), g.x(2, 3), g.leaf(3)))),
                RuleCase.of("Where, condition wider", g -> g.node("Where", List.of(mask(g, 3), g.x(2, 1), g.x(1, 1)))),
                RuleCase.of(
                        "Where of a number",
                        g -> g.node("Where", List.of(mask(g, 3), g.graph().number(-9), g.x(2, 3)))),
                RuleCase.of("Where by the data", g -> {
                    String x = g.x(2, 3);
                    String none = g.node("Mul", List.of(x, g.graph().number(0)));
                    String equal = g.node("Equal", List.of(none, g.graph().constant(new float[] {0, 1, 0}, 3)));
                    String either = g.node("Or", List.of(equal, mask(g, 3)));
                    return g.node("Where", List.of(either, x, g.x(2, 3)));
                }),
                RuleCase.of("Where by the batch's extent", g -> {
                    String x = g.x(2, 3);
                    String shape = g.node("Shape", List.of(x));
                    String many = g.node("Greater", List.of(shape, g.longs(2)));
                    return g.node("Where", List.of(many, x, g.x(2, 3)));
                }),
                RuleCase.of("Mod", g -> {
                    String x = g.positive(g.x(3, 5));
                    return g.node("Mod", List.of(x, g.graph().number(100)), attribute("fmod", 1));
                }));
    }

    private static String mask(RuleGraph g, int size) {
        byte[] bits = new byte[size];
        for (int i = 0; i < size; i += 2) {
            bits[i] = 1;
        }
        return g.graph().bytes(DataType.BOOL, bits);
    }

    @ParameterizedTest
    @MethodSource
    void linear(RuleCase function) {
        function.verifyAdjoint();
    }

    private static void verify(
            String operator, Operands operands, DoubleBinaryOperator byFirst, DoubleBinaryOperator bySecond) {
        RuleCase.of(operator, g -> operands.write(g, operator))
                .verify((leaves, seed) -> operands.gradients(leaves, seed, byFirst, bySecond));
    }

    @Test
    void addsTheGradientsOfATensorUsedTwice() {
        RuleCase.of("x * x", g -> {
                    String x = g.x(3);
                    return g.node("Mul", List.of(x, x));
                })
                .verify(unary(x -> 2 * x));
    }

    @Test
    void addsTheGradientsOfSeveralReaders() {
        RuleCase.of("x * e^x - x", g -> {
                    String x = g.x(3);
                    String product = g.node("Mul", List.of(x, g.node("Exp", List.of(x))));
                    return g.node("Sub", List.of(product, x));
                })
                .verify(unary(x -> (1 + x) * Math.exp(x) - 1));
    }

    record Unary(String operator, boolean positive, DoubleUnaryOperator derivative) {

        @Override
        public String toString() {
            return operator;
        }
    }

    static Stream<Unary> functions() {
        return Stream.of(
                new Unary("Sqrt", true, x -> 0.5 / Math.sqrt(x)),
                new Unary("Exp", false, Math::exp),
                new Unary("Log", true, x -> 1 / x),
                new Unary("Neg", false, x -> -1),
                new Unary("Reciprocal", true, x -> -1 / (x * x)),
                new Unary("Abs", false, Math::signum));
    }

    @ParameterizedTest
    @MethodSource
    void functions(Unary function) {
        RuleCase.of(function.operator(), g -> {
                    String x = g.x(3, 5);
                    return g.node(function.operator(), List.of(function.positive() ? g.positive(x) : x));
                })
                .verify(unary(function.derivative()));
    }

    @ParameterizedTest
    @ValueSource(floats = {1, 2, 3, 0.5f, -0.5f, -1, 1.7f})
    void power(float exponent) {
        RuleCase.of(
                        "power",
                        g -> g.node(
                                "Pow", List.of(g.positive(g.x(3, 5)), g.graph().number(exponent))))
                .verify(unary(x -> exponent * Math.pow(x, exponent - 1)));
    }

    @ParameterizedTest
    @ValueSource(floats = {2, 3, 4})
    void wholePowersOfNegativeNumbers(float exponent) {
        RuleCase.of("power", g -> g.node("Pow", List.of(g.x(3, 5), g.graph().filled(exponent, 1, 1))))
                .verify(unary(x -> exponent * Math.pow(x, exponent - 1)));
    }

    @Test
    void powersByElement() {
        RuleCase.of(
                        "powers",
                        g -> g.node(
                                "Pow", List.of(g.positive(g.x(3)), g.graph().constant(new float[] {1, 2, 0.5f}, 3))))
                .verify((leaves, seed) -> {
                    double[] x = leaves.getOrDefault("x0", new double[0]);
                    double[] exponents = {1, 2, 0.5};
                    double[] gradient = new double[x.length];
                    for (int i = 0; i < x.length; i++) {
                        gradient[i] = seed[i] * exponents[i % 3] * Math.pow(x[i], exponents[i % 3] - 1);
                    }
                    return Map.of("x0", gradient);
                });
    }

    @Test
    void wholeNumbersAsExponents() {
        RuleCase.of("x^3", g -> g.node("Pow", List.of(g.x(3), g.longs(3)))).verify(unary(x -> 3 * x * x));
    }

    static Stream<RuleCase> refusedPowers() {
        return Stream.of(
                RuleCase.of(
                        "the exponent depends on an adapted layer",
                        g -> g.node("Pow", List.of(g.positive(g.x(3)), g.x(3)))),
                RuleCase.of("the exponent is no constant", g -> {
                    String x = g.x(3);
                    String constant = g.node("Sign", List.of(x));
                    return g.node("Pow", List.of(g.positive(x), constant));
                }));
    }

    @ParameterizedTest
    @MethodSource
    void refusedPowers(RuleCase power) {
        assertThatThrownBy(() -> power.verify(unary(x -> 0)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Pow node")
                .hasMessageContaining(power.name());
    }

    /** dy f'(x) for the leaf x0. */
    static Reference unary(DoubleUnaryOperator derivative) {
        return (leaves, seed) -> {
            double[] x = leaves.getOrDefault("x0", new double[0]);
            double[] gradient = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                gradient[i] = seed[i] * derivative.applyAsDouble(x[i]);
            }
            return Map.of("x0", gradient);
        };
    }
}
