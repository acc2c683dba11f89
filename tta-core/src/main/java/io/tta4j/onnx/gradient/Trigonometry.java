package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import java.util.List;

/** Rules of the circular and hyperbolic functions. */
final class Trigonometry {

    private Trigonometry() {}

    /** y = sin x: dy cos x. */
    static void sine(NodeGradient node) {
        contribute(node, node.builder().emit("Cos", List.of(node.value(0))));
    }

    /** y = cos x: -dy sin x. */
    static void cosine(NodeGradient node) {
        GraphBuilder builder = node.builder();
        contribute(node, builder.emit("Neg", List.of(builder.emit("Sin", List.of(node.value(0))))));
    }

    /** y = tan x: dy (1 + y^2). */
    static void tangent(NodeGradient node) {
        contribute(node, node.builder().add(square(node, node.valueOfOutput()), one(node)));
    }

    /** y = asin x: dy / sqrt(1 - x^2). */
    static void arcSine(NodeGradient node) {
        divideByRoot(node, node.builder().subtract(one(node), square(node, node.value(0))));
    }

    /** y = acos x: -dy / sqrt(1 - x^2). */
    static void arcCosine(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String root = builder.emit("Sqrt", List.of(builder.subtract(one(node), square(node, node.value(0)))));
        node.contribute(0, builder.emit("Neg", List.of(builder.divide(node.upstream(), root))));
    }

    /** y = atan x: dy / (1 + x^2). */
    static void arcTangent(NodeGradient node) {
        String denominator = node.builder().add(square(node, node.value(0)), one(node));
        node.contribute(0, node.builder().divide(node.upstream(), denominator));
    }

    /** y = sinh x: dy cosh x. */
    static void hyperbolicSine(NodeGradient node) {
        contribute(node, node.builder().emit("Cosh", List.of(node.value(0))));
    }

    /** y = cosh x: dy sinh x. */
    static void hyperbolicCosine(NodeGradient node) {
        contribute(node, node.builder().emit("Sinh", List.of(node.value(0))));
    }

    /** y = asinh x: dy / sqrt(x^2 + 1). */
    static void areaHyperbolicSine(NodeGradient node) {
        divideByRoot(node, node.builder().add(square(node, node.value(0)), one(node)));
    }

    /** y = acosh x: dy / sqrt(x^2 - 1). */
    static void areaHyperbolicCosine(NodeGradient node) {
        divideByRoot(node, node.builder().subtract(square(node, node.value(0)), one(node)));
    }

    /** y = atanh x: dy / (1 - x^2). */
    static void areaHyperbolicTangent(NodeGradient node) {
        String denominator = node.builder().subtract(one(node), square(node, node.value(0)));
        node.contribute(0, node.builder().divide(node.upstream(), denominator));
    }

    private static void contribute(NodeGradient node, String slope) {
        node.contribute(0, node.builder().multiply(node.upstream(), slope));
    }

    private static void divideByRoot(NodeGradient node, String radicand) {
        GraphBuilder builder = node.builder();
        node.contribute(0, builder.divide(node.upstream(), builder.emit("Sqrt", List.of(radicand))));
    }

    private static String square(NodeGradient node, String x) {
        return node.builder().multiply(x, x);
    }

    private static String one(NodeGradient node) {
        return node.builder().scalar(1);
    }
}
