package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Rules of operators that rearrange, repeat or cut out elements. */
final class Layouts {

    private Layouts() {}

    /** Reshape, Flatten, Squeeze, Unsqueeze: the gradient takes the input's shape again. */
    static void reshape(NodeGradient node) {
        node.contribute(0, node.builder().reshape(node.upstream(), node.tape().shape(node.shapeOf(0))));
    }

    /** The inverse permutation. */
    static void transpose(NodeGradient node) {
        int rank = node.shapeOf(0).rank();
        long[] reversed = LongStream.range(0, rank).map(axis -> rank - 1 - axis).toArray();
        long[] permutation = node.node().integers("perm", reversed);
        long[] inverse = new long[rank];
        IntStream.range(0, rank).forEach(axis -> inverse[Math.toIntExact(permutation[axis])] = axis);
        node.contribute(0, node.builder().transpose(node.upstream(), inverse));
    }

    /** Repeated elements add up. */
    static void expand(NodeGradient node) {
        node.contributeBroadcast(0, node.upstream());
    }

    /** Gradients are float32 whatever float type the forward pass computes in; a cast to anything else has none. */
    static void cast(NodeGradient node) {
        node.contribute(0, node.upstream());
    }

    /** Each input gets its stretch of the gradient. */
    static void concat(NodeGradient node) {
        GraphBuilder builder = node.builder();
        int axis = node.shapeOfOutput().axis(node.node().integer("axis", 0));
        int inputs = node.node().inputs().size();
        long[] lengths = IntStream.range(0, inputs)
                .mapToLong(input -> node.shapeOf(input).fixedExtent(axis))
                .toArray();
        List<String> parts = inputs == 1
                ? List.of(node.upstream())
                : builder.emit(
                        "Split",
                        List.of(node.upstream(), builder.longs(lengths)),
                        inputs,
                        GraphBuilder.attribute("axis", axis));
        for (int input = 0; input < inputs; input++) {
            if (node.wants(input)) {
                node.contribute(input, parts.get(input));
            }
        }
    }

    /** The gradients of the parts, end to end. */
    static void split(NodeGradient node) {
        List<String> parts = new ArrayList<>();
        for (int output = 0; output < node.node().outputs().size(); output++) {
            Shape shape = node.tape().facts.shape(node.node().outputs().get(output));
            parts.add(node.upstream(output).orElseGet(() -> node.tape().zeros(shape)));
        }
        int axis = node.shapeOf(0).axis(node.node().integer("axis", 0));
        node.contribute(0, node.builder().emit("Concat", parts, GraphBuilder.attribute("axis", axis)));
    }

    /** Zeros around, or between, the gradient of what was cut out. */
    static void slice(NodeGradient node) {
        node.onlyFirstInput("the range");
        Shape shape = node.shapeOf(0);
        long[] starts = node.integersOrAttribute(1, "starts").orElseThrow();
        long[] axes = node.integersOrAttribute(3, "axes")
                .orElse(LongStream.range(0, starts.length).toArray());
        long[] steps = node.node().hasInput(4)
                ? node.integers(4)
                : LongStream.generate(() -> 1).limit(starts.length).toArray();
        long[] before = new long[shape.rank()];
        long[] after = new long[shape.rank()];
        String gradient = node.upstream();
        Shape reached = node.shapeOfOutput();
        for (int i = 0; i < starts.length; i++) {
            int axis = shape.axis(axes[i]);
            if (shape.extent(axis).equals(node.shapeOfOutput().extent(axis)) && steps[i] == 1) {
                continue;
            }
            long extent = shape.fixedExtent(axis);
            long start = Math.max(0, Math.min(starts[i] < 0 ? starts[i] + extent : starts[i], extent - 1));
            long taken = node.shapeOfOutput().fixedExtent(axis);
            if (steps[i] == 1) {
                before[axis] = start;
                after[axis] = extent - start - taken;
            } else {
                long step = steps[i];
                long[] indices =
                        LongStream.range(0, taken).map(k -> start + k * step).toArray();
                Shape widened = reached.with(axis, extent);
                gradient = scatter(node, gradient, axis, indices, 1, widened);
                reached = widened;
            }
        }
        node.contribute(0, pad(node.builder(), gradient, before, after));
    }

    /** Cuts the padding off; where the padding was negative, zeros take its place. */
    static void pad(NodeGradient node) {
        String mode = node.node().text("mode", "constant");
        if (!mode.equals("constant")) {
            throw new UnsupportedGradient("the mode must be constant, but was " + mode);
        }
        node.onlyFirstInput("the padding");
        Shape shape = node.shapeOf(0);
        long[] pads = node.integersOrAttribute(1, "pads").orElseThrow();
        long[] axes = node.node().hasInput(3)
                ? node.integers(3)
                : LongStream.range(0, shape.rank()).toArray();
        long[] before = new long[shape.rank()];
        long[] after = new long[shape.rank()];
        for (int i = 0; i < axes.length; i++) {
            before[shape.axis(axes[i])] = -pads[i];
            after[shape.axis(axes[i])] = -pads[axes.length + i];
        }
        node.contribute(0, pad(node.builder(), node.upstream(), before, after));
    }

    private static String pad(GraphBuilder builder, String tensor, long[] before, long[] after) {
        long[] pads =
                LongStream.concat(LongStream.of(before), LongStream.of(after)).toArray();
        return LongStream.of(pads).allMatch(pad -> pad == 0)
                ? tensor
                : builder.emit("Pad", List.of(tensor, builder.longs(pads)));
    }

    /** What was picked several times adds up. */
    static void gather(NodeGradient node) {
        node.onlyFirstInput("the index");
        Shape shape = node.shapeOf(0);
        int axis = shape.axis(node.node().integer("axis", 0));
        node.contribute(
                0,
                node.isFixed(1)
                        ? scatter(
                                node,
                                node.upstream(),
                                axis,
                                node.integers(1),
                                node.shapeOf(1).rank(),
                                shape)
                        : scatterOneByOne(node, axis));
    }

    /** Where the index follows the batch, as it does in exports of as_strided: no matrix could be written down. */
    private static String scatterOneByOne(NodeGradient node, int axis) {
        GraphBuilder builder = node.builder();
        Shape shape = node.shapeOf(0);
        Shape before = new Shape(shape.extents().subList(0, axis));
        Shape after = new Shape(shape.extents().subList(axis + 1, shape.rank()));
        String oneIndexAxis = builder.emit(
                "Concat",
                List.of(
                        node.tape().shape(before),
                        builder.longs(-1),
                        node.tape().shape(after)),
                GraphBuilder.attribute("axis", 0));
        String slices = builder.reshape(node.upstream(), oneIndexAxis);
        long[] column = new long[1 + after.rank()];
        Arrays.fill(column, 1);
        column[0] = -1;
        String indices = builder.emit(
                "Expand", List.of(builder.reshape(node.discrete(1), column), builder.emit("Shape", List.of(slices))));
        return builder.emit(
                "ScatterElements",
                List.of(node.tape().zeros(shape), indices, slices),
                GraphBuilder.attribute("axis", axis),
                GraphBuilder.attribute("reduction", "add"));
    }

    /**
     * Adds slices of a gradient to zeros of a shape at indices along an axis; the gradient has the axes of the index in
     * place of that axis.
     *
     * <p>A product with a matrix of zeros and ones: ONNX Runtime's ScatterND loses summands where two threads add to
     * the same element.
     */
    private static String scatter(
            NodeGradient node, String gradient, int axis, long[] indices, int indexRank, Shape shape) {
        GraphBuilder builder = node.builder();
        int rank = shape.rank();
        int extent = Math.toIntExact(shape.fixedExtent(axis));
        float[] picked = new float[extent * indices.length];
        for (int i = 0; i < indices.length; i++) {
            int index = Math.toIntExact(indices[i] < 0 ? indices[i] + extent : indices[i]);
            picked[index * indices.length + i] = 1;
        }
        // The product runs over the leading axis: bring the picked ones to the front, and the result's axis back.
        long[] toFront = LongStream.concat(
                        LongStream.range(axis, axis + indexRank),
                        LongStream.concat(
                                LongStream.range(0, axis), LongStream.range(axis + indexRank, rank - 1 + indexRank)))
                .toArray();
        long[] axisFirst = LongStream.concat(
                        LongStream.of(axis), LongStream.range(0, rank).filter(other -> other != axis))
                .toArray();
        long[] axisBack = new long[rank];
        IntStream.range(0, rank).forEach(i -> axisBack[Math.toIntExact(axisFirst[i])] = i);
        Shape front = new Shape(LongStream.of(axisFirst)
                .mapToObj(i -> shape.extent(Math.toIntExact(i)))
                .toList());
        String slices = builder.reshape(builder.transpose(gradient, toFront), indices.length, -1);
        String sum = builder.emit("MatMul", List.of(builder.floats(picked, extent, indices.length), slices));
        return builder.transpose(builder.reshape(sum, node.tape().shape(front)), axisBack);
    }
}
