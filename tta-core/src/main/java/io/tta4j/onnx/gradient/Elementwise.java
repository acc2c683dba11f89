package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Tensors;
import java.util.List;
import java.util.stream.IntStream;

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
            if (node.wants(input) && isSigmoidOf(node, 1 - input, input)) {
                Activations.gatedByItself(node, input);
                return;
            }
        }
        for (int input = 0; input < 2; input++) {
            if (node.wants(input)) {
                node.contributeBroadcast(input, node.builder().multiply(node.upstream(), node.value(1 - input)));
            }
        }
    }

    private static boolean isSigmoidOf(NodeGradient node, int input, int of) {
        return node.tape()
                .graph
                .producer(node.node().input(input), "Sigmoid")
                .filter(sigmoid -> sigmoid.input(0).equals(node.node().input(of)))
                .isPresent();
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
        TensorProto constant = node.tape()
                .graph
                .constant(node.node().input(1))
                .orElseThrow(() -> new UnsupportedGradient("the exponent is no constant"));
        float[] exponents = Tensors.isFloat(constant) ? Tensors.floats(constant) : floats(Tensors.integers(constant));
        String slope = exponents.length == 1
                ? power(builder, node.value(0), exponents[0])
                : powers(builder, node.value(0), exponents, Tensors.shape(constant));
        node.contributeBroadcast(0, builder.multiply(node.upstream(), slope));
    }

    private static String power(GraphBuilder builder, String x, float exponent) {
        String power = exponent == 2 ? x : builder.emit("Pow", List.of(x, builder.scalar(exponent - 1)));
        return builder.multiply(power, exponent);
    }

    private static String powers(GraphBuilder builder, String x, float[] exponents, long[] shape) {
        float[] lower = new float[exponents.length];
        for (int i = 0; i < lower.length; i++) {
            lower[i] = exponents[i] - 1;
        }
        String power = builder.emit("Pow", List.of(x, builder.floats(lower, shape)));
        return builder.multiply(power, builder.floats(exponents, shape));
    }

    private static float[] floats(long[] integers) {
        float[] floats = new float[integers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = integers[i];
        }
        return floats;
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

    /** y = a where the condition holds, b elsewhere: dy there, and dy elsewhere. */
    static void where(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String condition = node.discrete(0);
        String zero = builder.scalar(0);
        if (node.wants(1)) {
            node.contributeBroadcast(1, builder.emit("Where", List.of(condition, node.upstream(), zero)));
        }
        if (node.wants(2)) {
            node.contributeBroadcast(2, builder.emit("Where", List.of(condition, zero, node.upstream())));
        }
    }

    /** y = a + b + ...: dy to each. */
    static void sum(NodeGradient node) {
        spread(node, node.upstream());
    }

    /** y = (a + b + ...) / n: dy / n to each. */
    static void mean(NodeGradient node) {
        int count = node.node().inputs().size();
        spread(node, node.builder().multiply(node.upstream(), 1.0 / count));
    }

    private static void spread(NodeGradient node, String gradient) {
        for (int input = 0; input < node.node().inputs().size(); input++) {
            if (node.wants(input)) {
                node.contributeBroadcast(input, gradient);
            }
        }
    }

    /** y = max(a, b, ...): see {@link #extremum}. */
    static void maximum(NodeGradient node) {
        extremum(node, "GreaterOrEqual");
    }

    /** y = min(a, b, ...): see {@link #extremum}. */
    static void minimum(NodeGradient node) {
        extremum(node, "LessOrEqual");
    }

    /**
     * dy to the one that won. Ties are shared evenly among the operands that take a gradient: as PyTorch's maximum does
     * between two tensors, and its clamp with a bound, which takes none.
     */
    private static void extremum(NodeGradient node, String wins) {
        GraphBuilder builder = node.builder();
        int[] wanting = IntStream.range(0, node.node().inputs().size())
                .filter(node::wants)
                .toArray();
        if (wanting.length == 1 && node.node().inputs().size() == 2) {
            int input = wanting[0];
            String won = builder.emit(wins, List.of(node.value(input), node.value(1 - input)));
            node.contributeBroadcast(input, builder.masked(node.upstream(), won));
            return;
        }
        String y = node.valueOfOutput();
        List<String> masks = IntStream.of(wanting)
                .mapToObj(input -> builder.emit("Equal", List.of(node.value(input), y)))
                .map(builder::toFloat)
                .toList();
        String count = masks.stream().reduce(builder::add).orElseThrow();
        // Where a bound wins none of the masks is set: 0 / 1 then.
        String share = builder.divide(node.upstream(), builder.emit("Max", List.of(count, builder.scalar(1))));
        for (int i = 0; i < wanting.length; i++) {
            node.contributeBroadcast(wanting[i], builder.multiply(share, masks.get(i)));
        }
    }

    /** y = x - m floor(x / m), or with the sign of x: dy, the modulus being constant. */
    static void modulo(NodeGradient node) {
        node.onlyFirstInput("the modulus");
        node.contributeBroadcast(0, node.upstream());
    }

    /** y = x: dy. */
    static void identity(NodeGradient node) {
        node.contribute(0, node.upstream());
    }

    private static String negative(GraphBuilder builder, String tensor) {
        return builder.emit("Neg", List.of(tensor));
    }
}
