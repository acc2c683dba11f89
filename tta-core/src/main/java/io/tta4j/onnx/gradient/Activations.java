package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import java.util.List;

/** Rules of smooth activation functions. */
final class Activations {

    private static final double SQRT_2 = Math.sqrt(2);
    private static final double SQRT_2_BY_PI = Math.sqrt(2 / Math.PI);
    private static final double TANH_CUBIC = 0.044715;

    private Activations() {}

    /** y = 1 / (1 + e^-x): dy y (1 - y). */
    static void sigmoid(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String y = node.valueOfOutput();
        String slope = builder.multiply(y, builder.subtract(builder.scalar(1), y));
        node.contribute(0, builder.multiply(node.upstream(), slope));
    }

    /** y = tanh x: dy (1 - y^2). */
    static void tanh(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String y = node.valueOfOutput();
        String slope = builder.subtract(builder.scalar(1), builder.multiply(y, y));
        node.contribute(0, builder.multiply(node.upstream(), slope));
    }

    /** y = erf x: dy 2 / sqrt(pi) e^(-x^2). */
    static void erf(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String x = node.value(0);
        String bell = builder.emit("Exp", List.of(builder.emit("Neg", List.of(builder.multiply(x, x)))));
        node.contribute(0, builder.multiply(node.upstream(), builder.multiply(bell, 2 / Math.sqrt(Math.PI))));
    }

    /** y = x Phi(x), with the normal distribution's Phi or its tanh approximation (Hendrycks and Gimpel 2016). */
    static void gelu(NodeGradient node) {
        boolean tanh = node.node().text("approximate", "none").equals("tanh");
        String slope = tanh ? tanhGeluSlope(node) : geluSlope(node);
        node.contribute(0, node.builder().multiply(node.upstream(), slope));
    }

    /** Phi(x) + x phi(x). */
    private static String geluSlope(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String x = node.value(0);
        String erf = builder.emit("Erf", List.of(builder.multiply(x, 1 / SQRT_2)));
        String distribution = builder.multiply(builder.add(erf, builder.scalar(1)), 0.5);
        String bell = builder.emit("Exp", List.of(builder.multiply(builder.multiply(x, x), -0.5)));
        String density = builder.multiply(bell, 1 / Math.sqrt(2 * Math.PI));
        return builder.add(distribution, builder.multiply(x, density));
    }

    /** With u = sqrt(2 / pi) (x + 0.044715 x^3) and t = tanh u: (1 + t) / 2 + x (1 - t^2) u' / 2. */
    private static String tanhGeluSlope(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String x = node.value(0);
        String one = builder.scalar(1);
        String square = builder.multiply(x, x);
        String u = builder.multiply(
                builder.multiply(x, builder.add(one, builder.multiply(square, TANH_CUBIC))), SQRT_2_BY_PI);
        String t = builder.emit("Tanh", List.of(u));
        String uSlope = builder.multiply(builder.add(one, builder.multiply(square, 3 * TANH_CUBIC)), SQRT_2_BY_PI);
        String tSlope = builder.multiply(builder.subtract(one, builder.multiply(t, t)), uSlope);
        return builder.multiply(builder.add(builder.add(one, t), builder.multiply(x, tSlope)), 0.5);
    }

    /** y = x sigmoid(alpha x): dy (s + alpha y (1 - s)). */
    static void swish(NodeGradient node) {
        GraphBuilder builder = node.builder();
        float alpha = node.node().real("alpha", 1);
        String x = node.value(0);
        String s = builder.emit("Sigmoid", List.of(alpha == 1 ? x : builder.multiply(x, alpha)));
        String rest = builder.multiply(node.valueOfOutput(), builder.subtract(builder.scalar(1), s));
        contribute(node, builder.add(s, alpha == 1 ? rest : builder.multiply(rest, alpha)));
    }

    /** y = x tanh(softplus x): dy (t + x (1 - t^2) sigmoid x). */
    static void mish(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String x = node.value(0);
        String t = builder.emit("Tanh", List.of(builder.emit("Softplus", List.of(x))));
        String tSlope = builder.multiply(
                builder.subtract(builder.scalar(1), builder.multiply(t, t)), builder.emit("Sigmoid", List.of(x)));
        contribute(node, builder.add(t, builder.multiply(x, tSlope)));
    }

    /** y = ln(1 + e^x): dy sigmoid(x). */
    static void softplus(NodeGradient node) {
        contribute(node, node.builder().emit("Sigmoid", List.of(node.value(0))));
    }

    /** y = x / (1 + |x|): dy / (1 + |x|)^2. */
    static void softsign(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String size = builder.add(builder.emit("Abs", List.of(node.value(0))), builder.scalar(1));
        node.contribute(0, builder.divide(node.upstream(), builder.multiply(size, size)));
    }

    private static void contribute(NodeGradient node, String slope) {
        node.contribute(0, node.builder().multiply(node.upstream(), slope));
    }

    /** y = softmax x along an axis: y (dy - sum(dy y)). */
    static void softmax(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String weighted = builder.multiply(node.upstream(), node.valueOfOutput());
        String sum = builder.sum(weighted, true, softmaxAxis(node));
        node.contribute(0, builder.subtract(weighted, builder.multiply(node.valueOfOutput(), sum)));
    }

    /** y = log softmax x along an axis: dy - e^y sum(dy). */
    static void logSoftmax(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String sum = builder.sum(node.upstream(), true, softmaxAxis(node));
        String probabilities = builder.emit("Exp", List.of(node.valueOfOutput()));
        node.contribute(0, builder.subtract(node.upstream(), builder.multiply(probabilities, sum)));
    }

    private static int softmaxAxis(NodeGradient node) {
        return node.shapeOf(0).axis(node.node().integer("axis", -1));
    }
}
