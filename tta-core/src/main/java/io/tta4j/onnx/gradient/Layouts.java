package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.Extent;
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
        int axis = node.shapeOfOutput().axis(node.node().integer("axis", 0));
        int inputs = node.node().inputs().size();
        Shape lengths = new Shape(IntStream.range(0, inputs)
                .mapToObj(input -> node.shapeOf(input).extent(axis))
                .toList());
        List<String> parts = inputs == 1
                ? List.of(node.upstream())
                : node.builder()
                        .emit(
                                "Split",
                                List.of(node.upstream(), node.tape().shape(lengths)),
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
        String gradient = node.upstream();
        if (starts.length == 1
                && steps[0] == 1
                && shape.extent(shape.axis(axes[0])).isFixed()) {
            int axis = shape.axis(axes[0]);
            long start = start(starts[0], shape.extent(axis)).fixed();
            node.contributePiece(0, axis, start, node.shapeOfOutput().fixedExtent(axis), gradient);
            return;
        }
        Extent[] pads = new Extent[2 * shape.rank()];
        Arrays.fill(pads, Extent.of(0));
        Shape reached = node.shapeOfOutput();
        for (int i = 0; i < starts.length; i++) {
            int axis = shape.axis(axes[i]);
            Extent taken = node.shapeOfOutput().extent(axis);
            if (steps[i] == 1) {
                Extent before = start(starts[i], shape.extent(axis));
                pads[axis] = before;
                pads[axis + shape.rank()] = minus(minus(shape.extent(axis), before), taken);
            } else {
                long extent = shape.fixedExtent(axis);
                long start = Math.max(0, Math.min(starts[i] < 0 ? starts[i] + extent : starts[i], extent - 1));
                long step = steps[i];
                long[] indices = LongStream.range(0, taken.fixed())
                        .map(k -> start + k * step)
                        .toArray();
                gradient = Indexing.spread(node, gradient, axis, indices, reached.with(axis, extent));
                reached = reached.with(axis, extent);
            }
        }
        node.contribute(0, pad(node, gradient, new Shape(List.of(pads))));
    }

    /** Where a forward range begins; along the batch one that is given is taken to lie within. */
    private static Extent start(long start, Extent extent) {
        if (!extent.isFixed()) {
            return start < 0 ? new Extent(extent.perRow(), extent.fixed() + start) : Extent.of(start);
        }
        return Extent.of(Math.max(0, Math.min(start < 0 ? start + extent.fixed() : start, extent.fixed())));
    }

    private static Extent minus(Extent a, Extent b) {
        return new Extent(a.perRow() - b.perRow(), a.fixed() - b.fixed());
    }

    /** Cuts the padding off, or adds it up where it repeats elements; where it was negative, zeros take its place. */
    static void pad(NodeGradient node) {
        node.onlyFirstInput("the padding");
        Shape shape = node.shapeOf(0);
        long[] given = node.integersOrAttribute(1, "pads").orElseThrow();
        long[] axes = node.node().hasInput(3)
                ? node.integers(3)
                : LongStream.range(0, shape.rank()).toArray();
        long[] pads = new long[2 * shape.rank()];
        for (int i = 0; i < axes.length; i++) {
            pads[shape.axis(axes[i])] = -given[i];
            pads[shape.axis(axes[i]) + shape.rank()] = -given[axes.length + i];
        }
        String mode = node.node().text("mode", "constant");
        node.contribute(
                0,
                mode.equals("constant") ? pad(node, node.upstream(), Shape.fixed(pads)) : unrepeated(node, mode, pads));
    }

    /** Axis by axis, every element gets the gradients of all that repeat it. */
    private static String unrepeated(NodeGradient node, String mode, long[] negated) {
        if (Arrays.stream(negated).anyMatch(pad -> pad > 0)) {
            throw new UnsupportedGradient("no padding may be negative in mode " + mode);
        }
        Shape shape = node.shapeOf(0);
        Shape reached = node.shapeOfOutput();
        String gradient = node.upstream();
        for (int axis = 0; axis < shape.rank(); axis++) {
            long before = -negated[axis];
            if (before == 0 && negated[axis + shape.rank()] == 0) {
                continue;
            }
            long extent = shape.fixedExtent(axis);
            long[] origins = LongStream.range(0, reached.fixedExtent(axis))
                    .map(place -> origin(mode, place - before, extent))
                    .toArray();
            reached = reached.with(axis, extent);
            gradient = Indexing.spread(node, gradient, axis, origins, reached);
        }
        return gradient;
    }

    /** Which element a place before, in or behind an axis repeats. */
    private static long origin(String mode, long place, long extent) {
        return switch (mode) {
            case "edge" -> Math.max(0, Math.min(place, extent - 1));
            case "wrap" -> Math.floorMod(place, extent);
            case "reflect" -> {
                long period = Math.max(1, 2 * (extent - 1));
                long along = Math.floorMod(place, period);
                yield Math.min(along, period - along);
            }
            default -> throw new UnsupportedGradient("the mode must be one of ONNX's, but was " + mode);
        };
    }

    private static String pad(NodeGradient node, String tensor, Shape pads) {
        return pads.extents().stream().allMatch(Extent.of(0)::equals)
                ? tensor
                : node.builder().emit("Pad", List.of(tensor, node.tape().shape(pads)));
    }

    /** Copies add up. */
    static void tile(NodeGradient node) {
        Shape shape = node.shapeOf(0);
        List<Extent> unfolded = new ArrayList<>();
        long[] repeats = node.integers(1);
        for (int axis = 0; axis < shape.rank(); axis++) {
            unfolded.add(Extent.of(repeats[axis]));
            unfolded.add(shape.extent(axis));
        }
        long[] copies = LongStream.range(0, shape.rank()).map(axis -> 2 * axis).toArray();
        String parts = node.builder().reshape(node.upstream(), node.tape().shape(new Shape(unfolded)));
        node.contribute(0, node.builder().sum(parts, false, copies));
    }

    /** The same triangle of the gradient. */
    static void triangle(NodeGradient node) {
        List<String> inputs =
                node.node().hasInput(1) ? List.of(node.upstream(), node.discrete(1)) : List.of(node.upstream());
        node.contribute(
                0,
                node.builder()
                        .emit(
                                "Trilu",
                                inputs,
                                GraphBuilder.attribute("upper", node.node().integer("upper", 1))));
    }

    /** Blocks of depth that were spread over space are collected again. */
    static void depthToSpace(NodeGradient node) {
        long block = node.node().integer("blocksize", 1);
        if (node.node().text("mode", "DCR").equals("DCR")) {
            node.contribute(
                    0,
                    node.builder()
                            .emit(
                                    "SpaceToDepth",
                                    List.of(node.upstream()),
                                    GraphBuilder.attribute("blocksize", block)));
            return;
        }
        Shape shape = node.shapeOf(0);
        Extent side = Extent.of(block);
        Shape blocks = new Shape(List.of(
                shape.extent(0),
                Extent.of(node.shapeOfOutput().fixedExtent(1)),
                shape.extent(2),
                side,
                shape.extent(3),
                side));
        String apart = node.builder().reshape(node.upstream(), node.tape().shape(blocks));
        String collected = node.builder().transpose(apart, 0, 1, 3, 5, 2, 4);
        node.contribute(0, node.builder().reshape(collected, node.tape().shape(shape)));
    }

    /** Blocks of space that were collected in depth are spread again. */
    static void spaceToDepth(NodeGradient node) {
        node.contribute(
                0,
                node.builder()
                        .emit(
                                "DepthToSpace",
                                List.of(node.upstream()),
                                GraphBuilder.attribute("blocksize", node.node().integer("blocksize", 1))));
    }
}
