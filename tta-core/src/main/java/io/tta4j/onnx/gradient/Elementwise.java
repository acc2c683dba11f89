package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Tensors;
import java.util.List;

/** Rules of element-wise operators, with broadcasting where ONNX has it. */
final class Elementwise {

    private Elementwise() {}

    /** y = a + b: dy to both. */
    static void add(NodeGradient node) {
        for (int input = 0; input < 2; input++) {
            if (node.wants(input)) {
                node.contributeBroadcast(input, node.upstream());
            }
        }
    }

    /** y = a - b: dy and -dy. */
    static void subtract(NodeGradient node) {
        if (node.wants(0)) {
            node.contributeBroadcast(0, node.upstream());
        }
        if (node.wants(1)) {
            node.contributeBroadcast(1, negative(node.builder(), node.upstream()));
        }
    }

    /** y = a b: dy b and dy a. */
    static void multiply(NodeGradient node) {
        for (int input = 0; input < 2; input++) {
            if (node.wants(input)) {
                node.contributeBroadcast(input, node.builder().multiply(node.upstream(), node.value(1 - input)));
            }
        }
    }

    /** y = a / b: dy / b and -dy y / b. */
    static void divide(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String quotient = builder.divide(node.upstream(), node.value(1));
        if (node.wants(0)) {
            node.contributeBroadcast(0, quotient);
        }
        if (node.wants(1)) {
            node.contributeBroadcast(1, negative(builder, builder.multiply(quotient, node.valueOfOutput())));
        }
    }

    /** y = x^p with constant p: dy p x^(p-1). */
    static void power(NodeGradient node) {
        node.onlyFirstInput("the exponent");
        GraphBuilder builder = node.builder();
        float[] exponents = node.tape()
                .graph
                .constant(node.node().input(1))
                .filter(Tensors::isFloat)
                .map(Tensors::floats)
                .orElseThrow(() -> new UnsupportedGradient("the exponent is no float32 constant"));
        if (exponents.length != 1) {
            throw new UnsupportedGradient("the exponent must be one number, but was " + exponents.length);
        }
        float exponent = exponents[0];
        String power = exponent == 2
                ? node.value(0)
                : builder.emit("Pow", List.of(node.value(0), builder.scalar(exponent - 1)));
        node.contribute(0, builder.multiply(builder.multiply(node.upstream(), power), exponent));
    }

    /** y = sqrt(x): dy / (2 y). */
    static void squareRoot(NodeGradient node) {
        GraphBuilder builder = node.builder();
        node.contribute(0, builder.divide(builder.multiply(node.upstream(), 0.5), node.valueOfOutput()));
    }

    /** y = e^x: dy y. */
    static void exponential(NodeGradient node) {
        node.contribute(0, node.builder().multiply(node.upstream(), node.valueOfOutput()));
    }

    /** y = ln x: dy / x. */
    static void logarithm(NodeGradient node) {
        node.contribute(0, node.builder().divide(node.upstream(), node.value(0)));
    }

    /** y = -x: -dy. */
    static void negate(NodeGradient node) {
        node.contribute(0, negative(node.builder(), node.upstream()));
    }

    /** y = 1 / x: -dy y^2. */
    static void reciprocal(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String square = builder.multiply(node.valueOfOutput(), node.valueOfOutput());
        node.contribute(0, negative(builder, builder.multiply(node.upstream(), square)));
    }

    /** y = |x|: dy sign(x). */
    static void absolute(NodeGradient node) {
        String sign = node.builder().emit("Sign", List.of(node.value(0)));
        node.contribute(0, node.builder().multiply(node.upstream(), sign));
    }

    /** y = x: dy. */
    static void identity(NodeGradient node) {
        node.contribute(0, node.upstream());
    }

    private static String negative(GraphBuilder builder, String tensor) {
        return builder.emit("Neg", List.of(tensor));
    }
}
