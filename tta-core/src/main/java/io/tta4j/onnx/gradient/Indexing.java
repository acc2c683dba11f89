package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Rules of operators that read or write elements at indices. What was read several times adds up.
 *
 * <p>Never by ScatterND with a sum: ONNX Runtime's loses summands where two threads add to the same element.
 */
final class Indexing {

    /** The most elements of a matrix of zeros and ones that we write down: 4 MiB. */
    private static final long LARGEST_MATRIX = 1 << 20;

    private Indexing() {}

    static void gather(NodeGradient node) {
        node.onlyFirstInput("the index");
        Shape shape = node.shapeOf(0);
        int axis = shape.axis(node.node().integer("axis", 0));
        boolean known = node.isFixed(1) && shape.extent(axis).isFixed();
        if (!known) {
            node.contribute(0, oneByOne(node, axis));
            return;
        }
        long extent = shape.fixedExtent(axis);
        long[] indices = LongStream.of(node.integers(1))
                .map(index -> index < 0 ? index + extent : index)
                .toArray();
        if (isRange(indices) || isPermutation(indices, extent) || extent * indices.length <= LARGEST_MATRIX) {
            Shape flat = shape.with(axis, indices.length);
            String gradient = node.shapeOf(1).rank() == 1
                    ? node.upstream()
                    : node.builder().reshape(node.upstream(), node.tape().shape(flat));
            if (isRange(indices)) {
                node.contributePiece(0, axis, indices[0], indices.length, gradient);
            } else {
                node.contribute(0, spread(node, gradient, axis, indices, shape));
            }
        } else {
            node.contribute(0, oneByOne(node, axis));
        }
    }

    /**
     * Puts the slices of a gradient at indices along an axis; what is put to the same place adds up.
     *
     * @param indices the place of each slice along the axis, none negative
     * @param shape what comes out
     */
    static String spread(NodeGradient node, String gradient, int axis, long[] indices, Shape shape) {
        GraphBuilder builder = node.builder();
        long extent = shape.fixedExtent(axis);
        if (isRange(indices)) {
            long[] pads = new long[2 * shape.rank()];
            pads[axis] = indices[0];
            pads[axis + shape.rank()] = extent - indices[0] - indices.length;
            return Arrays.stream(pads).allMatch(pad -> pad == 0)
                    ? gradient
                    : builder.emit("Pad", List.of(gradient, builder.longs(pads)));
        }
        if (isPermutation(indices, extent)) {
            long[] inverse = new long[indices.length];
            IntStream.range(0, indices.length).forEach(i -> inverse[Math.toIntExact(indices[i])] = i);
            return builder.emit(
                    "Gather", List.of(gradient, builder.longs(inverse)), GraphBuilder.attribute("axis", axis));
        }
        return alongAxis(node, gradient, axis, places(node, indices, extent), indices.length, shape);
    }

    /** From slices to places: a column a slice with a one where it goes. */
    private static String places(NodeGradient node, long[] indices, long extent) {
        int rows = Math.toIntExact(extent);
        float[] places = new float[rows * indices.length];
        for (int i = 0; i < indices.length; i++) {
            places[Math.toIntExact(indices[i]) * indices.length + i] = 1;
        }
        return node.builder().floats(places, rows, indices.length);
    }

    /** Multiplies a tensor along an axis by a matrix [to, from]. */
    static String alongAxis(NodeGradient node, String tensor, int axis, String matrix, long from, Shape result) {
        GraphBuilder builder = node.builder();
        int behind = result.rank() - 1 - axis;
        if (behind == 0) {
            return builder.emit("MatMul", List.of(tensor, builder.transpose(matrix, 1, 0)));
        }
        if (behind == 1) {
            return builder.emit("MatMul", List.of(matrix, tensor));
        }
        List<Extent> merged = new ArrayList<>(result.extents().subList(0, axis));
        merged.add(Extent.of(from));
        merged.add(Extent.of(-1));
        String slices = builder.reshape(tensor, node.tape().shape(new Shape(merged)));
        return builder.reshape(
                builder.emit("MatMul", List.of(matrix, slices)), node.tape().shape(result));
    }

    /** Where an index depends on the data or the batch, or is too long for a matrix. */
    private static String oneByOne(NodeGradient node, int axis) {
        GraphBuilder builder = node.builder();
        Shape shape = node.shapeOf(0);
        List<Extent> oneIndexAxis = new ArrayList<>(shape.extents());
        oneIndexAxis.set(axis, Extent.of(-1));
        String slices = builder.reshape(node.upstream(), node.tape().shape(new Shape(oneIndexAxis)));
        long[] column = new long[shape.rank() - axis];
        Arrays.fill(column, 1);
        column[0] = -1;
        String indices = builder.emit(
                "Expand", List.of(builder.reshape(node.discrete(1), column), builder.emit("Shape", List.of(slices))));
        return add(node, node.tape().zeros(shape), indices, slices, axis);
    }

    private static String add(NodeGradient node, String tensor, String indices, String updates, int axis) {
        return node.builder()
                .emit(
                        "ScatterElements",
                        List.of(tensor, indices, updates),
                        GraphBuilder.attribute("axis", axis),
                        GraphBuilder.attribute("reduction", "add"));
    }

    static void gatherElements(NodeGradient node) {
        node.onlyFirstInput("the index");
        Shape shape = node.shapeOf(0);
        int axis = shape.axis(node.node().integer("axis", 0));
        node.contribute(0, add(node, node.tape().zeros(shape), node.discrete(1), node.upstream(), axis));
    }

    /**
     * Slices at places that a last axis of indices counts out: these become one number each, and the axes that they
     * count along one axis.
     */
    static void gatherSlices(NodeGradient node) {
        node.onlyFirstInput("the index");
        GraphBuilder builder = node.builder();
        Shape shape = node.shapeOf(0);
        Shape places = node.shapeOf(1);
        int batched = Math.toIntExact(node.node().integer("batch_dims", 0));
        int counted = Math.toIntExact(places.fixedExtent(places.rank() - 1));
        Shape along = new Shape(shape.extents().subList(batched, batched + counted));
        long[] strides = new long[counted];
        strides[counted - 1] = 1;
        for (int i = counted - 1; i > 0; i--) {
            strides[i - 1] = strides[i] * along.fixedExtent(i);
        }
        // Indices may count from the end.
        String counts =
                builder.emit("Mod", List.of(node.discrete(1), node.tape().shape(along)));
        String flat = builder.sum(builder.multiply(counts, builder.longs(strides)), false, places.rank() - 1L);

        // [batch axes, what is picked from, the rest of the slice in one]
        List<Extent> batch = shape.extents().subList(0, batched);
        Extent picks = product(places.extents().subList(batched, places.rank() - 1));
        Extent slice = product(shape.extents().subList(batched + counted, shape.rank()));
        String updates = builder.reshape(node.upstream(), node.tape().shape(joined(batch, picks, slice)));
        String indices = builder.emit(
                "Expand",
                List.of(
                        builder.reshape(flat, node.tape().shape(joined(batch, picks, Extent.of(1)))),
                        node.tape().shape(joined(batch, picks, slice))));
        String zeros = node.tape().zeros(joined(batch, product(along.extents()), slice));
        String sum = add(node, zeros, indices, updates, batched);
        node.contribute(0, builder.reshape(sum, node.tape().shape(shape)));
    }

    private static Extent product(List<Extent> extents) {
        Extent product = Extent.of(1);
        for (Extent extent : extents) {
            if (!product.isFixed() && !extent.isFixed()) {
                throw new UnsupportedGradient("only one of the axes " + extents + " may depend on the batch");
            }
            product = product.isFixed()
                    ? new Extent(product.fixed() * extent.perRow(), product.fixed() * extent.fixed())
                    : new Extent(product.perRow() * extent.fixed(), product.fixed() * extent.fixed());
        }
        return product;
    }

    private static Shape joined(List<Extent> first, Extent... then) {
        List<Extent> extents = new ArrayList<>(first);
        extents.addAll(List.of(then));
        return new Shape(extents);
    }

    /** Elements of y are those of the updates at some places, of x elsewhere: dy there and elsewhere. */
    static void scatterElements(NodeGradient node) {
        AttributeProto axis = GraphBuilder.attribute("axis", node.node().integer("axis", 0));
        scatter(node, "ScatterElements", "GatherElements", axis);
    }

    /** The same for slices. */
    static void scatterSlices(NodeGradient node) {
        scatter(node, "ScatterND", "GatherND");
    }

    private static void scatter(NodeGradient node, String write, String read, AttributeProto... attributes) {
        GraphBuilder builder = node.builder();
        String reduction = node.node().text("reduction", "none");
        if (!reduction.equals("none") && !reduction.equals("add")) {
            throw new UnsupportedGradient("the reduction must be none or add, but was " + reduction);
        }
        if (node.wants(0)) {
            String gradient = reduction.equals("add")
                    ? node.upstream()
                    : builder.emit(
                            write,
                            List.of(
                                    node.upstream(),
                                    node.discrete(1),
                                    node.tape().zeros(node.shapeOf(2))),
                            attributes);
            node.contribute(0, gradient);
        }
        if (node.wants(2)) {
            node.contribute(2, builder.emit(read, List.of(node.upstream(), node.discrete(1)), attributes));
        }
    }

    /** The largest or smallest elements: dy to where they were. */
    static void top(NodeGradient node) {
        Shape shape = node.shapeOf(0);
        int axis = shape.axis(node.node().integer("axis", -1));
        String places = node.tape().discrete(node.node().outputs().get(1));
        node.contribute(0, add(node, node.tape().zeros(shape), places, node.upstream(), axis));
    }

    private static boolean isRange(long[] indices) {
        return indices.length > 0 && IntStream.range(0, indices.length).allMatch(i -> indices[i] == indices[0] + i);
    }

    private static boolean isPermutation(long[] indices, long extent) {
        return indices.length == extent && Arrays.stream(indices).distinct().count() == extent;
    }
}
