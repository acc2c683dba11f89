package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.gradient.ElementwiseTest.unary;
import static io.tta4j.onnx.graph.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationsTest {

    record Activation(String name, long opset, DoubleUnaryOperator derivative, List<AttributeProto> attributes) {

        static Activation of(String name, DoubleUnaryOperator derivative) {
            return new Activation(name, 17, derivative, List.of());
        }

        @Override
        public String toString() {
            return name + " " + attributes.size();
        }
    }

    static Stream<Activation> activations() {
        return Stream.of(
                Activation.of("Sigmoid", x -> sigmoid(x) * (1 - sigmoid(x))),
                Activation.of("Tanh", x -> 1 - Math.tanh(x) * Math.tanh(x)),
                Activation.of("Erf", x -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x)),
                Activation.of("Softplus", ActivationsTest::sigmoid),
                Activation.of("Softsign", x -> Math.pow(1 + Math.abs(x), -2)),
                new Activation("Mish", 18, ActivationsTest::mishSlope, List.of()),
                new Activation("Swish", 24, x -> sigmoid(x) * (1 + x * (1 - sigmoid(x))), List.of()),
                new Activation("Gelu", 20, x -> cumulative(x) + x * density(x), List.of()),
                new Activation("Gelu", 20, ActivationsTest::tanhGeluSlope, List.of(attribute("approximate", "tanh"))));
    }

    @ParameterizedTest
    @MethodSource
    void activations(Activation activation) {
        RuleCase.of(
                        activation.name(),
                        activation.opset(),
                        g -> g.node(
                                activation.name(),
                                List.of(g.x(8, 25)),
                                activation.attributes().toArray(AttributeProto[]::new)))
                .verify(unary(activation.derivative()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gatedByItself(boolean gateFirst) {
        RuleCase.of("x sigmoid(x)", g -> {
                    String x = g.x(8, 25);
                    String gate = g.node("Sigmoid", List.of(x));
                    return g.node("Mul", gateFirst ? List.of(gate, x) : List.of(x, gate));
                })
                .verify(unary(x -> sigmoid(x) * (1 + x * (1 - sigmoid(x)))));
    }

    @Test
    void addsWhatOthersReadOfTheGate() {
        RuleCase.of("x sigmoid(x) + sigmoid(x)", g -> {
                    String x = g.x(8, 25);
                    String gate = g.node("Sigmoid", List.of(x));
                    return g.node("Add", List.of(g.node("Mul", List.of(x, gate)), gate));
                })
                .verify(unary(x -> sigmoid(x) * (1 + (1 + x) * (1 - sigmoid(x)))));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double mishSlope(double x) {
        double t = Math.tanh(Math.log1p(Math.exp(x)));
        return t + x * (1 - t * t) * sigmoid(x);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** The normal distribution by its power series, which converges everywhere. */
    private static double cumulative(double x) {
        double term = x;
        double sum = x;
        for (int k = 1; k < 200; k++) {
            term *= x * x / (2 * k + 1);
            sum += term;
        }
        return 0.5 + density(x) * sum;
    }

    private static double tanhGeluSlope(double x) {
        double scale = Math.sqrt(2 / Math.PI);
        double tanh = Math.tanh(scale * (x + 0.044715 * x * x * x));
        return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * scale * (1 + 3 * 0.044715 * x * x);
    }

    @ParameterizedTest(name = "{0}, axis {1}, opset {2}")
    @CsvSource({
        "Softmax, -1, 13",
        "Softmax, 1, 17",
        "Softmax, 2, 17",
        "Softmax, -2, 20",
        "Softmax, -1, 11",
        "Softmax, 3, 11",
        "LogSoftmax, -1, 13",
        "LogSoftmax, 1, 17",
        "LogSoftmax, 2, 20",
        "LogSoftmax, 3, 11"
    })
    void softmax(String operator, int axis, long opset) {
        int[] extents = {RuleGraph.ROWS, 3, 4, 5};
        int along = axis < 0 ? axis + extents.length : axis;
        int stride = Arrays.stream(extents, along + 1, extents.length).reduce(1, (a, b) -> a * b);
        RuleCase.of(operator, opset, g -> g.node(operator, List.of(g.x(3, 4, 5)), attribute("axis", axis)))
                .verify((leaves, seed) -> Map.of(
                        "x0",
                        softmaxGradient(
                                leaves.getOrDefault("x0", new double[0]),
                                seed,
                                extents[along],
                                stride,
                                operator.equals("LogSoftmax"))));
    }

    /** A masked row has a softmax that is no number; exporters put zeros there, and no gradient comes back. */
    @Test
    void readsZerosForRowsThatAreMaskedOut() {
        float masked = Float.NEGATIVE_INFINITY;
        RuleCase.of("Softmax", 17, g -> {
                    String mask = g.graph().constant(new float[] {0, 0, masked, masked}, 2, 2);
                    String y = g.node("Softmax", List.of(g.node("Add", List.of(g.x(2, 2), mask))));
                    String zeros = g.graph().constant(new float[] {0}, 1);
                    return g.node("Where", List.of(g.node("IsNaN", List.of(y)), zeros, y));
                })
                .verify((leaves, seed) -> {
                    double[] gradient = softmaxGradient(leaves.getOrDefault("x0", new double[0]), seed, 2, 1, false);
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] = i / 2 % 2 == 1 ? 0 : gradient[i];
                    }
                    return Map.of("x0", gradient);
                });
    }

    /** By the Jacobian: dp_i / dx_j = p_i (d_ij - p_j), and d log p_i / dx_j = d_ij - p_j. */
    private static double[] softmaxGradient(double[] x, double[] seed, int extent, int stride, boolean log) {
        double[] gradient = new double[x.length];
        for (int start = 0; start < x.length; start++) {
            if (start / stride % extent != 0) {
                continue;
            }
            double[] p = new double[extent];
            double total = 0;
            for (int i = 0; i < extent; i++) {
                p[i] = Math.exp(x[start + i * stride]);
                total += p[i];
            }
            for (int i = 0; i < extent; i++) {
                for (int j = 0; j < extent; j++) {
                    double jacobian = (i == j ? 1 : 0) - p[j] / total;
                    gradient[start + j * stride] +=
                            seed[start + i * stride] * (log ? jacobian : p[i] / total * jacobian);
                }
            }
        }
        return gradient;
    }
}
