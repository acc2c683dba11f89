package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.gradient.ElementwiseTest.unary;
import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.real;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.tta4j.model.ModelException;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RectifiersTest {

    private static final double SELU_GAMMA = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;

    record Rectifier(String operator, DoubleUnaryOperator derivative, List<AttributeProto> attributes) {

        static Rectifier of(String operator, DoubleUnaryOperator derivative, AttributeProto... attributes) {
            return new Rectifier(operator, derivative, List.of(attributes));
        }

        @Override
        public String toString() {
            return operator + " " + attributes.size();
        }
    }

    static Stream<Rectifier> rectifiers() {
        return Stream.of(
                Rectifier.of("Relu", x -> x > 0 ? 1 : 0),
                Rectifier.of("LeakyRelu", x -> x > 0 ? 1 : 0.01),
                Rectifier.of("LeakyRelu", x -> x > 0 ? 1 : 0.3, real("alpha", 0.3f)),
                Rectifier.of("ThresholdedRelu", x -> x > 1 ? 1 : 0),
                Rectifier.of("ThresholdedRelu", x -> x > 0.5 ? 1 : 0, real("alpha", 0.5f)),
                Rectifier.of("Shrink", x -> Math.abs(x) > 0.5 ? 1 : 0),
                Rectifier.of("Shrink", x -> Math.abs(x) > 1 ? 1 : 0, real("lambd", 1), real("bias", 0.5f)),
                Rectifier.of("HardSigmoid", x -> Math.abs(x) < 2.5 ? 0.2 : 0),
                Rectifier.of("HardSigmoid", x -> Math.abs(x) < 1 ? 0.5 : 0, real("alpha", 0.5f), real("beta", 0.5f)),
                Rectifier.of("HardSwish", x -> x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
                Rectifier.of("Elu", x -> x > 0 ? 1 : Math.exp(x)),
                Rectifier.of("Elu", x -> x > 0 ? 1 : 0.3 * Math.exp(x), real("alpha", 0.3f)),
                Rectifier.of("Selu", x -> SELU_GAMMA * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x))),
                Rectifier.of("Selu", x -> 2 * (x > 0 ? 1 : 0.3 * Math.exp(x)), real("gamma", 2), real("alpha", 0.3f)),
                Rectifier.of("Celu", x -> x > 0 ? 1 : Math.exp(x)),
                Rectifier.of("Celu", x -> x > 0 ? 1 : Math.exp(x / 0.3), real("alpha", 0.3f)));
    }

    @ParameterizedTest
    @MethodSource
    void rectifiers(Rectifier rectifier) {
        RuleCase.of(rectifier.operator(), 18, g -> {
                    // Spread so that every piece is met.
                    String x = g.x(8, 25);
                    stretch(g.values(x), 2);
                    return g.node(
                            rectifier.operator(),
                            List.of(x),
                            rectifier.attributes().toArray(AttributeProto[]::new));
                })
                .verify(unary(rectifier.derivative()));
    }

    private static void stretch(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    static Stream<RuleCase> clips() {
        return Stream.of(
                RuleCase.of("both bounds", g -> clip(g, number(g, -0.5f), number(g, 0.75f))),
                RuleCase.of("the lower bound", g -> clip(g, number(g, -0.5f))),
                RuleCase.of("the upper bound", g -> clip(g, "", number(g, 0.75f))),
                RuleCase.of("no bound", g -> clip(g)));
    }

    private static String number(RuleGraph g, float value) {
        return g.graph().number(value);
    }

    private static String clip(RuleGraph g, String... bounds) {
        String x = g.x(8, 25);
        // On a bound counts as within.
        g.values(x)[0] = -0.5f;
        g.values(x)[1] = 0.75f;
        return g.node("Clip", Stream.concat(Stream.of(x), Stream.of(bounds)).toList());
    }

    @ParameterizedTest
    @MethodSource
    void clips(RuleCase clip) {
        double low = clip.name().startsWith("the upper") || clip.name().startsWith("no") ? -100 : -0.5;
        double high = clip.name().startsWith("the lower") || clip.name().startsWith("no") ? 100 : 0.75;

        clip.verify(unary(x -> x >= low && x <= high ? 1 : 0));
    }

    @Test
    void refusesABoundThatMoves() {
        RuleCase moving = RuleCase.of("clip", g -> {
            String x = g.x(3);
            return g.node("Clip", List.of(x, g.node("ReduceMin", List.of(x), attribute("keepdims", 0))));
        });

        assertThatThrownBy(() -> moving.verify(unary(x -> 1)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Clip node")
                .hasMessageContaining("a bound depends on an adapted layer");
    }

    @Test
    void slopesByChannel() {
        RuleCase.of("PRelu", g -> g.node("PRelu", List.of(g.x(3, 5), g.leaf(3, 1))))
                .verify((leaves, seed) -> {
                    double[] x = leaves.getOrDefault("x0", new double[0]);
                    double[] slopes = leaves.getOrDefault("leaf1", new double[0]);
                    double[] dx = new double[x.length];
                    double[] ds = new double[slopes.length];
                    for (int i = 0; i < x.length; i++) {
                        int channel = i / 5 % 3;
                        dx[i] = seed[i] * (x[i] > 0 ? 1 : slopes[channel]);
                        ds[channel] += seed[i] * Math.min(x[i], 0);
                    }
                    return Map.of("x0", dx, "leaf1", ds);
                });
    }

    @Test
    void hasNoSlopeAtZero() {
        RuleCase.of("Relu at zero", g -> {
                    String x = g.x(3);
                    g.values(x)[0] = 0;
                    g.values(x)[1] = -0.0f;
                    return g.node("Relu", List.of(x));
                })
                .verify(unary(x -> x > 0 ? 1 : 0));
    }
}
