package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
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

    /**
     * Phi(x) + x phi(x). With s = x / sqrt(2), x phi(x) = s e^(ln(1 / sqrt(pi)) - s^2): each constant that moves into
     * another step saves a pass over memory, and so does a hard sigmoid for (1 + erf s) / 2.
     */
    private static String geluSlope(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String s = builder.multiply(node.value(0), 1 / SQRT_2);
        String distribution = builder.emit(
                "HardSigmoid",
                List.of(builder.emit("Erf", List.of(s))),
                GraphBuilder.attribute("alpha", 0.5f),
                GraphBuilder.attribute("beta", 0.5f));
        String exponent = builder.subtract(builder.scalar(-Math.log(Math.PI) / 2), builder.multiply(s, s));
        String density = builder.multiply(s, builder.emit("Exp", List.of(exponent)));
        return builder.add(distribution, density);
    }

    /**
     * With v = 2 sqrt(2 / pi) (x + 0.044715 x^3) and p = sigmoid v, which is (1 + tanh(v / 2)) / 2: p + p (1 - p) x v'.
     */
    private static String tanhGeluSlope(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String x = node.value(0);
        String first = builder.scalar(2 * SQRT_2_BY_PI);
        String cubic = builder.multiply(builder.multiply(x, x), 2 * SQRT_2_BY_PI * TANH_CUBIC);
        String v = builder.multiply(x, builder.add(cubic, first));
        String p = builder.emit("Sigmoid", List.of(v));
        String vSlope = builder.add(builder.multiply(cubic, 3), first);
        String pSlope = builder.multiply(p, builder.subtract(builder.scalar(1), p));
        return builder.add(p, builder.multiply(pSlope, builder.multiply(x, vSlope)));
    }

    /** y = x s with s = sigmoid x: dy (s + y (1 - s)), past the sigmoid in one step. */
    static void gatedByItself(NodeGradient node, int input) {
        GraphBuilder builder = node.builder();
        String s = node.value(1 - input);
        String rest = builder.multiply(node.valueOfOutput(), builder.subtract(builder.scalar(1), s));
        node.contribute(input, builder.multiply(node.upstream(), builder.add(s, rest)));
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
        String y = node.tape().value(withoutNumberless(node));
        String weighted = builder.multiply(node.upstream(), y);
        String sum = builder.sum(weighted, true, softmaxAxis(node));
        node.contribute(0, builder.subtract(weighted, builder.multiply(y, sum)));
    }

    /**
     * The softmax of a row that is masked out as a whole is no number. PyTorch's exporter puts zeros there, and these
     * are what the gradient must read: zero times no number is none.
     */
    private static String withoutNumberless(NodeGradient softmax) {
        Graph graph = softmax.tape().graph;
        String y = softmax.node().output();
        return graph.consumers(y).stream()
                .filter(reader -> reader.operator().equals("Where")
                        && reader.input(2).equals(y)
                        && graph.producer(reader.input(0), "IsNaN")
                                .filter(test -> test.input(0).equals(y))
                                .isPresent())
                .map(Node::output)
                .findFirst()
                .orElse(y);
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
