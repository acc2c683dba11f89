package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import java.util.List;
import java.util.Optional;

/** Rules of activation functions that are put together from pieces; where pieces meet, slopes are PyTorch's. */
final class Rectifiers {

    private static final float SELU_ALPHA = 1.6732632f;
    private static final float SELU_GAMMA = 1.050701f;

    private Rectifiers() {}

    /** y = max(x, 0): dy where y > 0. */
    static void relu(NodeGradient node) {
        node.contribute(0, masked(node.builder(), node.upstream(), node.valueOfOutput()));
    }

    /**
     * dy where y, which is not negative, is more than zero.
     *
     * <p>A hard sigmoid that is steep enough is the mask, in a third of the time of a comparison and a selection.
     */
    static String masked(GraphBuilder builder, String upstream, String y) {
        String mask = builder.emit(
                "HardSigmoid",
                List.of(y),
                GraphBuilder.attribute("alpha", Float.MAX_VALUE),
                GraphBuilder.attribute("beta", 0f));
        return builder.multiply(upstream, mask);
    }

    /** y = x where x > 0, alpha x elsewhere: dy, or alpha dy. */
    static void leakyRelu(NodeGradient node) {
        String alpha = node.builder().scalar(node.node().real("alpha", 0.01f));
        contribute(node, choose(node, isPositive(node, node.value(0)), one(node), alpha));
    }

    /** y = x where x > 0, s x elsewhere: dy or s dy to x; to the slopes dy x where x is negative. */
    static void parametricRelu(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String x = node.value(0);
        if (node.wants(0)) {
            contribute(node, choose(node, isPositive(node, x), one(node), node.value(1)));
        }
        if (node.wants(1)) {
            String negative = builder.emit("Min", List.of(x, builder.scalar(0)));
            node.contributeBroadcast(1, builder.multiply(node.upstream(), negative));
        }
    }

    /** y = x where x > alpha, 0 elsewhere: dy there. */
    static void thresholdedRelu(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String alpha = builder.scalar(node.node().real("alpha", 1));
        String above = builder.emit("Greater", List.of(node.value(0), alpha));
        node.contribute(0, builder.masked(node.upstream(), above));
    }

    /** y = x + bias below -lambda, x - bias above lambda, 0 in between: dy outside. */
    static void shrink(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String distance = builder.emit("Abs", List.of(node.value(0)));
        String outside = builder.emit(
                "Greater", List.of(distance, builder.scalar(node.node().real("lambd", 0.5f))));
        node.contribute(0, builder.masked(node.upstream(), outside));
    }

    /** y = min(max(x, low), high), either bound left out or not: dy where x lies within, bounds included. */
    static void clip(NodeGradient node) {
        node.onlyFirstInput("a bound");
        GraphBuilder builder = node.builder();
        Optional<String> above = bound(node, 1, "GreaterOrEqual");
        Optional<String> below = bound(node, 2, "LessOrEqual");
        Optional<String> within = above.isPresent() && below.isPresent()
                ? Optional.of(builder.emit("And", List.of(above.get(), below.get())))
                : above.or(() -> below);
        node.contribute(
                0, within.map(mask -> builder.masked(node.upstream(), mask)).orElseGet(node::upstream));
    }

    private static Optional<String> bound(NodeGradient node, int input, String comparison) {
        return node.node().hasInput(input)
                ? Optional.of(node.builder().emit(comparison, List.of(node.value(0), node.value(input))))
                : Optional.empty();
    }

    /** y = min(max(alpha x + beta, 0), 1): alpha dy where y lies in between. */
    static void hardSigmoid(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String y = node.valueOfOutput();
        String alpha = builder.scalar(node.node().real("alpha", 0.2f));
        String inside = builder.emit("And", List.of(isPositive(node, y), builder.emit("Less", List.of(y, one(node)))));
        contribute(node, choose(node, inside, alpha, builder.scalar(0)));
    }

    /** y = x h(x) with h(x) = min(max(x / 6 + 1/2, 0), 1): dy (h + x / 6 where -3 <= x <= 3). */
    static void hardSwish(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String ramp = builder.multiply(node.value(0), 1.0 / 6);
        // What this leaves of the ramp is what lies outside.
        String outside = builder.emit("Shrink", List.of(ramp), GraphBuilder.attribute("lambd", 0.5f));
        String h = builder.emit(
                "HardSigmoid",
                List.of(node.value(0)),
                GraphBuilder.attribute("alpha", 1 / 6f),
                GraphBuilder.attribute("beta", 0.5f));
        contribute(node, builder.add(h, builder.subtract(ramp, outside)));
    }

    /** y = x where x > 0, alpha (e^x - 1) elsewhere: dy, or dy (y + alpha). */
    static void elu(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String y = node.valueOfOutput();
        float alpha = node.node().real("alpha", 1);
        String below = builder.add(y, builder.scalar(alpha));
        // With alpha 1 the slope is continuous, and the smaller of the two pieces.
        String slope = alpha == 1
                ? builder.emit("Min", List.of(below, one(node)))
                : choose(node, isPositive(node, node.value(0)), one(node), below);
        contribute(node, slope);
    }

    /** y = gamma x where x > 0, gamma alpha (e^x - 1) elsewhere: gamma dy, or dy (y + gamma alpha). */
    static void selu(NodeGradient node) {
        GraphBuilder builder = node.builder();
        double alpha = node.node().real("alpha", SELU_ALPHA);
        double gamma = node.node().real("gamma", SELU_GAMMA);
        String below = builder.add(node.valueOfOutput(), builder.scalar(gamma * alpha));
        contribute(node, choose(node, isPositive(node, node.value(0)), builder.scalar(gamma), below));
    }

    /** y = max(0, x) + min(0, alpha (e^(x / alpha) - 1)): dy e^min(x / alpha, 0). */
    static void celu(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String scaled = builder.multiply(node.value(0), 1.0 / node.node().real("alpha", 1));
        contribute(node, builder.emit("Exp", List.of(builder.emit("Min", List.of(scaled, builder.scalar(0))))));
    }

    private static void contribute(NodeGradient node, String slope) {
        node.contribute(0, node.builder().multiply(node.upstream(), slope));
    }

    private static String choose(NodeGradient node, String condition, String then, String otherwise) {
        return node.builder().emit("Where", List.of(condition, then, otherwise));
    }

    private static String isPositive(NodeGradient node, String tensor) {
        return node.builder().emit("Greater", List.of(tensor, node.builder().scalar(0)));
    }

    private static String one(NodeGradient node) {
        return node.builder().scalar(1);
    }
}
