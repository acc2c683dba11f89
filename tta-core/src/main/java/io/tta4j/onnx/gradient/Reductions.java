package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Rules of sums and means over axes. */
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

    private static void spread(NodeGradient node, int[] axes, double factor) {
        GraphBuilder builder = node.builder();
        Shape shape = node.shapeOf(0);
        Shape kept = shape;
        for (int axis : axes) {
            kept = kept.with(axis, 1);
        }
        String scaled = factor == 1 ? node.upstream() : builder.multiply(node.upstream(), factor);
        String column = builder.reshape(scaled, node.tape().shape(kept));
        node.contribute(0, builder.emit("Expand", List.of(column, node.tape().shape(shape))));
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
