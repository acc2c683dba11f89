package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.gradient.ElementwiseTest.unary;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrigonometryTest {

    /** A function with its slope on an interval. */
    record Curve(String operator, double from, double to, DoubleUnaryOperator derivative) {

        void place(float[] values) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (from + (to - from) * (i + 0.5) / values.length);
            }
        }

        @Override
        public String toString() {
            return operator;
        }
    }

    static Stream<Curve> curves() {
        return Stream.of(
                new Curve("Sin", -4, 4, Math::cos),
                new Curve("Cos", -4, 4, x -> -Math.sin(x)),
                new Curve("Tan", -1.4, 1.4, x -> 1 / (Math.cos(x) * Math.cos(x))),
                new Curve("Asin", -0.9, 0.9, x -> 1 / Math.sqrt(1 - x * x)),
                new Curve("Acos", -0.9, 0.9, x -> -1 / Math.sqrt(1 - x * x)),
                new Curve("Atan", -4, 4, x -> 1 / (1 + x * x)),
                new Curve("Sinh", -2, 2, Math::cosh),
                new Curve("Cosh", -2, 2, Math::sinh),
                new Curve("Asinh", -4, 4, x -> 1 / Math.sqrt(1 + x * x)),
                new Curve("Acosh", 1.5, 4, x -> 1 / Math.sqrt(x * x - 1)),
                new Curve("Atanh", -0.9, 0.9, x -> 1 / (1 - x * x)));
    }

    @ParameterizedTest
    @MethodSource
    void curves(Curve curve) {
        RuleCase.of(curve.operator(), g -> {
                    String x = g.x(5, 7);
                    curve.place(g.values(x));
                    return g.node(curve.operator(), List.of(x));
                })
                .verify(unary(curve.derivative()));
    }
}
