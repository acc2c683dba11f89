package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.ModelException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionsTest {

    static Stream<RuleCase> reductions() {
        List<long[]> axes = List.of(new long[] {1}, new long[] {-1}, new long[] {2, 3}, new long[] {-2, 1});
        return axes.stream()
                .flatMap(some -> Stream.of(0, 1)
                        .flatMap(keep -> Stream.of(
                                byAttribute("ReduceMean", 13, keep, some),
                                byAttribute("ReduceMean", 17, keep, some),
                                byInput("ReduceMean", 18, keep, some),
                                byAttribute("ReduceSum", 11, keep, some),
                                byInput("ReduceSum", 13, keep, some),
                                byInput("ReduceSum", 20, keep, some))));
    }

    private static RuleCase byAttribute(String operator, long opset, int keep, long... axes) {
        return RuleCase.of(
                name(operator, opset, keep, axes),
                opset,
                g -> g.node(operator, List.of(g.x(3, 4, 5)), integers("axes", axes), attribute("keepdims", keep)));
    }

    private static RuleCase byInput(String operator, long opset, int keep, long... axes) {
        return RuleCase.of(
                name(operator, opset, keep, axes),
                opset,
                g -> g.node(operator, List.of(g.x(3, 4, 5), g.longs(axes)), attribute("keepdims", keep)));
    }

    private static String name(String operator, long opset, int keep, long... axes) {
        return "%s over %s, keepdims %d, opset %d".formatted(operator, Arrays.toString(axes), keep, opset);
    }

    @ParameterizedTest
    @MethodSource
    void reductions(RuleCase reduction) {
        reduction.verifyAdjoint();
    }

    static Stream<RuleCase> othersThanOverAxes() {
        return Stream.of(
                RuleCase.of(
                        "no axes, no operation",
                        18,
                        g -> g.node("ReduceMean", List.of(g.x(3, 4)), attribute("noop_with_empty_axes", 1))),
                // Over everything, and spread over the batch again.
                RuleCase.of("over all axes, the batch among them", g -> {
                    String x = g.x(3, 4);
                    String sum = g.node("ReduceSum", List.of(x), attribute("keepdims", 1));
                    return g.node("Sub", List.of(x, sum));
                }),
                RuleCase.of("global average pool", g -> g.node("GlobalAveragePool", List.of(g.x(3, 4, 5)))),
                RuleCase.of("global average pool, one axis", g -> g.node("GlobalAveragePool", List.of(g.x(3, 4)))),
                RuleCase.of(
                        "global average pool, three axes", g -> g.node("GlobalAveragePool", List.of(g.x(3, 4, 2, 5)))));
    }

    @ParameterizedTest
    @MethodSource
    void othersThanOverAxes(RuleCase reduction) {
        reduction.verifyAdjoint();
    }

    /** A sum of x [N, 3, 4] over an axis, and its derivative by one of the elements that it is taken over. */
    record Gathering(String operator, long opset, long axis, int keep, Slope slope) {

        interface Slope {
            double at(double x, double[] all);
        }

        private static final int LENGTH = 4;

        RuleCase rule() {
            return RuleCase.of(toString(), opset, g -> {
                String x = g.positive(g.x(3, LENGTH));
                return opset < 18
                        ? g.node(operator, List.of(x), integers("axes", axis), attribute("keepdims", keep))
                        : g.node(operator, List.of(x, g.longs(axis)), attribute("keepdims", keep));
            });
        }

        Map<String, double[]> gradients(Map<String, double[]> leaves, double[] seed) {
            double[] x = leaves.values().iterator().next();
            double[] gradient = new double[x.length];
            int stride = axis == 1 ? LENGTH : 1;
            int length = axis == 1 ? 3 : LENGTH;
            for (int i = 0; i < x.length; i++) {
                int first = i - i / stride % length * stride;
                double[] all = new double[length];
                for (int k = 0; k < length; k++) {
                    all[k] = x[first + k * stride];
                }
                int sum = axis == 1 ? i / (3 * LENGTH) * LENGTH + i % LENGTH : i / LENGTH;
                gradient[i] = seed[sum] * slope.at(x[i], all);
            }
            return Map.of("x0", gradient);
        }

        @Override
        public String toString() {
            return "%s over %d, keepdims %d, opset %d".formatted(operator, axis, keep, opset);
        }
    }

    static Stream<Gathering> gatherings() {
        Map<String, Gathering.Slope> slopes = Map.of(
                "ReduceMax", (x, all) -> x == Arrays.stream(all).max().orElseThrow() ? 1 : 0,
                "ReduceMin", (x, all) -> x == Arrays.stream(all).min().orElseThrow() ? 1 : 0,
                "ReduceL1", (x, all) -> 1,
                "ReduceL2",
                        (x, all) ->
                                x / Math.sqrt(Arrays.stream(all).map(v -> v * v).sum()),
                "ReduceSumSquare", (x, all) -> 2 * x,
                "ReduceLogSum", (x, all) -> 1 / Arrays.stream(all).sum(),
                "ReduceLogSumExp",
                        (x, all) ->
                                Math.exp(x) / Arrays.stream(all).map(Math::exp).sum());
        return slopes.keySet().stream()
                .sorted()
                .flatMap(operator -> Stream.of(
                        new Gathering(operator, 13, 1, 0, slope(slopes, operator)),
                        new Gathering(operator, 13, 1, 1, slope(slopes, operator)),
                        new Gathering(operator, 18, -1, 0, slope(slopes, operator)),
                        new Gathering(operator, 20, -1, 1, slope(slopes, operator))));
    }

    private static Gathering.Slope slope(Map<String, Gathering.Slope> slopes, String operator) {
        return Objects.requireNonNull(slopes.get(operator));
    }

    @ParameterizedTest
    @MethodSource
    void gatherings(Gathering gathering) {
        gathering.rule().verify(gathering::gradients);
    }

    @Test
    void sharesTheGradientOfAMaximumEvenly() {
        RuleCase.of("ties", g -> {
                    String x = g.x(2, 3);
                    Arrays.fill(g.values(x), 1);
                    return g.node("ReduceMax", List.of(x), integers("axes", 1));
                })
                .verify((leaves, seed) -> {
                    double[] gradient = new double[RuleGraph.ROWS * 6];
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] = seed[i / 6 * 3 + i % 3] / 2;
                    }
                    return Map.of("x0", gradient);
                });
    }

    @Test
    void hasNoGradientOfANormAtZero() {
        RuleCase.of("norm", g -> {
                    String x = g.x(3);
                    Arrays.fill(g.values(x), 0, 3, 0);
                    return g.node("ReduceL2", List.of(x), integers("axes", 1));
                })
                .verify((leaves, seed) -> {
                    double[] x = leaves.values().iterator().next();
                    double[] gradient = new double[x.length];
                    for (int i = 3; i < x.length; i++) {
                        int row = i / 3 * 3;
                        gradient[i] = seed[i / 3]
                                * x[i]
                                / Math.sqrt(x[row] * x[row] + x[row + 1] * x[row + 1] + x[row + 2] * x[row + 2]);
                    }
                    return Map.of("x0", gradient);
                });
    }

    @Test
    void poolsTheMaximumOfAllSpace() {
        RuleCase.of("GlobalMaxPool", g -> g.node("GlobalMaxPool", List.of(g.x(3, 4, 5))))
                .verify((leaves, seed) -> {
                    double[] x = leaves.values().iterator().next();
                    double[] gradient = new double[x.length];
                    for (int plane = 0; plane < seed.length; plane++) {
                        int largest = plane * 20;
                        for (int i = plane * 20; i < plane * 20 + 20; i++) {
                            largest = x[i] > x[largest] ? i : largest;
                        }
                        gradient[largest] = seed[plane];
                    }
                    return Map.of("x0", gradient);
                });
    }

    static Stream<RuleCase> cumulativeSums() {
        return Stream.of(0, 1)
                .flatMap(exclusive -> Stream.of(0, 1)
                        .map(reverse -> RuleCase.of(
                                "exclusive %d, reverse %d".formatted(exclusive, reverse),
                                g -> g.node(
                                        "CumSum",
                                        List.of(g.x(5, 3), g.graph().longs(new long[0], 1)),
                                        attribute("exclusive", exclusive),
                                        attribute("reverse", reverse)))));
    }

    @ParameterizedTest
    @MethodSource
    void cumulativeSums(RuleCase sum) {
        sum.verifyAdjoint();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void normalization(int order) {
        RuleCase.of(
                        "LpNormalization",
                        g -> g.node(
                                "LpNormalization", List.of(g.x(2, 3)), attribute("p", order), attribute("axis", -1)))
                .verify((leaves, seed) -> {
                    double[] x = leaves.values().iterator().next();
                    double[] gradient = new double[x.length];
                    for (int i = 0; i < x.length; i++) {
                        for (int k = i / 3 * 3; k < i / 3 * 3 + 3; k++) {
                            gradient[i] += seed[k] * byElement(x, i, k, order);
                        }
                    }
                    return Map.of("x0", gradient);
                });
    }

    /** The derivative of x_k / n by x_i: (d_ik - x_k dn/dx_i / n) / n. */
    private static double byElement(double[] x, int i, int k, int order) {
        double sum = 0;
        for (int j = i / 3 * 3; j < i / 3 * 3 + 3; j++) {
            sum += Math.pow(Math.abs(x[j]), order);
        }
        double norm = Math.pow(sum, 1.0 / order);
        double slope = order == 1 ? Math.signum(x[i]) : x[i] / norm;
        return ((i == k ? 1 : 0) - x[k] * slope / norm) / norm;
    }

    @Test
    void namesTheNodeThatTakesAMeanOverTheBatch() {
        RuleCase mean = RuleCase.of("mean over the batch", g -> {
            String x = g.x(3, 4);
            return g.node("Sub", List.of(x, g.node("ReduceMean", List.of(x), integers("axes", 0))));
        });

        assertThatThrownBy(mean::verifyAdjoint)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("ReduceMean node 't0'")
                .hasMessageContaining("must not depend on the batch");
    }
}
