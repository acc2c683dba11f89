package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Rules of what is taken over axes: sums, means, norms and extrema. */
final class Reductions {

    private Reductions() {}

    /** y = sum x: dy to every summand. */
    static void sum(NodeGradient node) {
        spread(node, axes(node), 1);
    }

    /** y = mean x: dy / n to every summand. */
    static void mean(NodeGradient node) {
        int[] axes = axes(node);
        spread(node, axes, 1.0 / node.shapeOf(0).elements(axes));
    }

    /** y = mean x over all axes behind the channels. */
    static void globalAveragePool(NodeGradient node) {
        int[] space = IntStream.range(2, node.shapeOf(0).rank()).toArray();
        spread(node, space, 1.0 / node.shapeOf(0).elements(space));
    }

    /** y = max x or min x: dy to the elements that are it, shared evenly where there are several, as PyTorch's amax. */
    static void extremum(NodeGradient node) {
        extremum(node, axes(node));
    }

    /** The same over all axes behind the channels. */
    static void globalMaxPool(NodeGradient node) {
        extremum(node, IntStream.range(2, node.shapeOf(0).rank()).toArray());
    }

    private static void extremum(NodeGradient node, int... axes) {
        GraphBuilder builder = node.builder();
        String y = column(node, node.valueOfOutput(), axes);
        String mask = builder.toFloat(builder.emit("Equal", List.of(node.value(0), y)));
        String count =
                builder.sum(mask, true, Arrays.stream(axes).asLongStream().toArray());
        String share = builder.divide(column(node, node.upstream(), axes), count);
        node.contribute(0, builder.multiply(mask, share));
    }

    /** y = sum |x|: dy sign(x). */
    static void absoluteSum(NodeGradient node) {
        scale(node, node.upstream(), node.builder().emit("Sign", List.of(node.value(0))));
    }

    /** y = sum x^2: 2 dy x. */
    static void squareSum(NodeGradient node) {
        scale(node, node.builder().multiply(node.upstream(), 2), node.value(0));
    }

    /** y = sqrt(sum x^2): dy x / y, and 0 where all of x is. */
    static void euclideanNorm(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String divisor = builder.emit("Max", List.of(node.valueOfOutput(), builder.scalar(Float.MIN_NORMAL)));
        scale(node, builder.divide(node.upstream(), divisor), node.value(0));
    }

    /** y = ln sum x: dy / e^y. */
    static void logSum(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String sum = builder.emit("Exp", List.of(node.valueOfOutput()));
        spread(node, axes(node), builder.divide(node.upstream(), sum));
    }

    /** y = ln sum e^x: dy e^(x - y). */
    static void logSumExp(NodeGradient node) {
        GraphBuilder builder = node.builder();
        String difference = builder.subtract(node.value(0), column(node, node.valueOfOutput(), axes(node)));
        scale(node, node.upstream(), builder.emit("Exp", List.of(difference)));
    }

    /** y_i = sum of x_j up to i along an axis: the sums of dy from there on. */
    static void cumulativeSum(NodeGradient node) {
        node.contribute(
                0,
                node.builder()
                        .emit(
                                "CumSum",
                                List.of(node.upstream(), node.discrete(1)),
                                GraphBuilder.attribute("exclusive", node.node().integer("exclusive", 0)),
                                GraphBuilder.attribute(
                                        "reverse", 1 - node.node().integer("reverse", 0))));
    }

    /** y = x / n with n = (sum |x|^p)^(1/p) along an axis: (dy - v sum(dy y)) / n, v = y for p = 2, sign(x) for 1. */
    static void normalization(NodeGradient node) {
        GraphBuilder builder = node.builder();
        long order = node.node().integer("p", 2);
        int axis = node.shapeOf(0).axis(node.node().integer("axis", -1));
        String x = node.value(0);
        String y = node.valueOfOutput();
        String size = order == 1 ? builder.emit("Abs", List.of(x)) : builder.multiply(x, x);
        String sum = builder.sum(size, true, axis);
        String norm = order == 1 ? sum : builder.emit("Sqrt", List.of(sum));
        String direction = order == 1 ? builder.emit("Sign", List.of(x)) : y;
        String along = builder.sum(builder.multiply(node.upstream(), y), true, axis);
        String across = builder.subtract(node.upstream(), builder.multiply(direction, along));
        node.contribute(0, builder.divide(across, norm));
    }

    /** Multiplies every element by what belongs to the sum that it is part of. */
    private static void scale(NodeGradient node, String bySum, String elements) {
        node.contribute(0, node.builder().multiply(elements, column(node, bySum, axes(node))));
    }

    private static void spread(NodeGradient node, int[] axes, double factor) {
        spread(node, axes, factor == 1 ? node.upstream() : node.builder().multiply(node.upstream(), factor));
    }

    private static void spread(NodeGradient node, int[] axes, String gradient) {
        String shape = node.tape().shape(node.shapeOf(0));
        node.contribute(0, node.builder().emit("Expand", List.of(column(node, gradient, axes), shape)));
    }

    /** A tensor of the output's shape with the axes that were summed over kept. */
    private static String column(NodeGradient node, String tensor, int... axes) {
        Shape kept = node.shapeOf(0);
        for (int axis : axes) {
            kept = kept.with(axis, 1);
        }
        return kept.equals(node.shapeOfOutput())
                ? tensor
                : node.builder().reshape(tensor, node.tape().shape(kept));
    }

    private static int[] axes(NodeGradient node) {
        Shape shape = node.shapeOf(0);
        long[] axes = node.integersOrAttribute(1, "axes").orElse(new long[0]);
        if (axes.length > 0) {
            return Arrays.stream(axes).mapToInt(shape::axis).toArray();
        }
        boolean none = node.node().integer("noop_with_empty_axes", 0) != 0;
        return none ? new int[0] : IntStream.range(0, shape.rank()).toArray();
    }
}
