package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;

import io.tta4j.onnx.graph.GraphBuilder;
import java.util.List;

/** Activations, and what ONNX Runtime fuses with them. */
final class Elementwise {

    /** The first operator set that has a Gelu. */
    private static final long GELU_SINCE = 20;

    private Elementwise() {}

    /** Of its second input a CastLike reads only the type; a constant that it casts is a constant. */
    static List<String> castLike(Expansion node) {
        return List.of(node.cast(node.input(0), node.typeOfOutput()));
    }

    /** x sigmoid(alpha x). */
    static List<String> swish(Expansion node) {
        return List.of(gated(node, node.input(0), node.node().real("alpha", 1)));
    }

    static List<String> quickGelu(Expansion node) {
        return List.of(gated(node, node.input(0), node.node().real("alpha", 1.702f)));
    }

    private static String gated(Expansion node, String x, float alpha) {
        String slope = alpha == 1 ? x : node.builder.multiply(x, alpha);
        return node.builder.multiply(x, node.emit("Sigmoid", List.of(slope)));
    }

    /** x (1 + erf(x / sqrt 2)) / 2, of x plus a bias where there is one. */
    static List<String> gelu(Expansion node) {
        GraphBuilder builder = node.builder;
        String x = biased(node);
        if (node.opset() >= GELU_SINCE) {
            return List.of(node.emit("Gelu", List.of(x)));
        }
        String erf = node.emit("Erf", List.of(builder.divide(x, builder.scalar(Math.sqrt(2)))));
        return List.of(builder.multiply(builder.multiply(x, builder.add(erf, builder.scalar(1))), 0.5));
    }

    /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, of x plus a bias where there is one. */
    static List<String> fastGelu(Expansion node) {
        GraphBuilder builder = node.builder;
        String x = biased(node);
        if (node.opset() >= GELU_SINCE) {
            return List.of(node.emit("Gelu", List.of(x), attribute("approximate", "tanh")));
        }
        String cube = builder.multiply(builder.multiply(x, builder.multiply(x, x)), 0.044715);
        String inner = builder.multiply(builder.add(x, cube), Math.sqrt(2 / Math.PI));
        String tanh = node.emit("Tanh", List.of(inner));
        return List.of(builder.multiply(builder.multiply(x, builder.add(tanh, builder.scalar(1))), 0.5));
    }

    private static String biased(Expansion node) {
        return node.hasInput(1) ? node.builder.add(node.input(0), node.input(1)) : node.input(0);
    }
}
