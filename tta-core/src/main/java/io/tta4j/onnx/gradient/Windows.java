package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Rules of convolutions and pools: operators that slide a window over space (the axes behind batch and channels). */
final class Windows {

    private Windows() {}

    /** Y = W * X + b: the transposed convolution of dY, over frozen weights. */
    static void convolution(NodeGradient node) {
        node.onlyFirstInput("the kernel");
        long[] weights = Tensors.shape(node.tape()
                .graph
                .constant(node.node().input(1))
                .orElseThrow(() -> new UnsupportedGradient("the kernel is no constant")));
        Window window = Window.of(node, Arrays.copyOfRange(weights, 2, weights.length));
        long groups = node.node().integer("group", 1);
        String gradient = window.isFlippable()
                ? flipped(node, window, groups)
                : window.transposed(node, node.upstream(), node.value(1), groups);
        node.contribute(0, gradient);
    }

    /** With stride 1, a convolution with the flipped kernel and channels swapped: faster than a transposed one. */
    private static String flipped(NodeGradient node, Window window, long groups) {
        var kernel = node.tape().graph.constant(node.node().input(1)).orElseThrow();
        long[] shape = Tensors.shape(kernel);
        long[] swapped = shape.clone();
        swapped[0] = shape[1] * groups;
        swapped[1] = shape[0] / groups;
        long[] pads = new long[2 * window.kernel.length];
        for (int axis = 0; axis < window.kernel.length; axis++) {
            long reach = window.dilations[axis] * (window.kernel[axis] - 1);
            pads[axis] = reach - window.padsBefore[axis];
            pads[axis + window.kernel.length] = reach - window.padsAfter[axis];
        }
        return node.builder()
                .emit(
                        "Conv",
                        List.of(
                                node.upstream(),
                                node.builder()
                                        .floats(flip(Tensors.floats(kernel), shape, Math.toIntExact(groups)), swapped)),
                        GraphBuilder.attribute("pads", pads),
                        GraphBuilder.attribute("dilations", window.dilations),
                        GraphBuilder.attribute("group", groups));
    }

    /** [M, C/g, k...] to [C, M/g, k reversed...], group by group. */
    private static float[] flip(float[] kernel, long[] shape, int groups) {
        int outputs = Math.toIntExact(shape[0]) / groups;
        int inputs = Math.toIntExact(shape[1]);
        int taps = kernel.length / (outputs * groups * inputs);
        float[] flipped = new float[kernel.length];
        for (int group = 0; group < groups; group++) {
            for (int output = 0; output < outputs; output++) {
                for (int input = 0; input < inputs; input++) {
                    int from = ((group * outputs + output) * inputs + input) * taps;
                    int to = ((group * inputs + input) * outputs + output) * taps;
                    for (int tap = 0; tap < taps; tap++) {
                        flipped[to + taps - 1 - tap] = kernel[from + tap];
                    }
                }
            }
        }
        return flipped;
    }

    /** Every element gets its share of the means that it was part of. */
    static void averagePool(NodeGradient node) {
        Window window = Window.of(node, node.node().integers("kernel_shape"));
        boolean countPadding = node.node().integer("count_include_pad", 0) != 0;
        long channels = node.shapeOf(0).fixedExtent(1);
        float[] shares = window.shares(countPadding);
        long[] sharesShape = LongStream.concat(LongStream.of(1, 1), Arrays.stream(window.outputs))
                .toArray();
        String share = node.builder().multiply(node.upstream(), node.builder().floats(shares, sharesShape));
        long[] onesShape = LongStream.concat(LongStream.of(channels, 1), Arrays.stream(window.kernel))
                .toArray();
        float[] ones = new float[Math.toIntExact(Arrays.stream(onesShape).reduce(1, (a, b) -> a * b))];
        Arrays.fill(ones, 1);
        node.contribute(0, window.transposed(node, share, node.builder().floats(ones, onesShape), channels));
    }

    /** dY goes to where each maximum was. The pool runs again for its indices: cheaper than to keep them. */
    static void maxPool(NodeGradient node) {
        GraphBuilder builder = node.builder();
        AttributeProto[] attributes = node.node().proto().getAttributeList().stream()
                .filter(attribute -> !attribute.getName().equals("storage_order"))
                .toArray(AttributeProto[]::new);
        String indices =
                builder.emit("MaxPool", List.of(node.value(0)), 2, attributes).get(1);
        String flatZeros = builder.reshape(node.tape().zeros(node.shapeOf(0)), -1);
        String sum = builder.emit(
                "ScatterElements",
                List.of(flatZeros, builder.reshape(indices, -1), builder.reshape(node.upstream(), -1)),
                GraphBuilder.attribute("axis", 0),
                GraphBuilder.attribute("reduction", "add"));
        node.contribute(0, builder.reshape(sum, node.tape().shape(node.shapeOf(0))));
    }

    /** Y = the transposed convolution of X: the convolution of dY with the same kernel. */
    static void transposedConvolution(NodeGradient node) {
        node.onlyFirstInput("the kernel");
        boolean automatic = !node.node().text("auto_pad", "NOTSET").equals("NOTSET");
        if (automatic || node.node().hasAttribute("output_shape")) {
            throw new UnsupportedGradient("the padding must be given by pads, not by auto_pad or output_shape");
        }
        AttributeProto[] geometry = node.node().proto().getAttributeList().stream()
                .filter(attribute -> !attribute.getName().equals("output_padding"))
                .toArray(AttributeProto[]::new);
        node.contribute(0, node.builder().emit("Conv", List.of(node.upstream(), node.value(1)), geometry));
    }

    /** Y = columns laid over each other on an image: each gets its block of dY, cut out by a kernel of one 1. */
    static void columnsToImage(NodeGradient node) {
        GraphBuilder builder = node.builder();
        long[] block = node.integers(2);
        long channels = node.shapeOfOutput().fixedExtent(1);
        int taps = Math.toIntExact(Arrays.stream(block).reduce(1, Math::multiplyExact));
        long[] shape = LongStream.concat(LongStream.of(channels * taps, 1), Arrays.stream(block))
                .toArray();
        float[] kernels = new float[Math.toIntExact(channels) * taps * taps];
        for (int kernel = 0; kernel < channels * taps; kernel++) {
            kernels[kernel * taps + kernel % taps] = 1;
        }
        AttributeProto[] geometry = Stream.concat(
                        node.node().proto().getAttributeList().stream(),
                        Stream.of(GraphBuilder.attribute("group", channels)))
                .toArray(AttributeProto[]::new);
        String columns = builder.emit("Conv", List.of(node.upstream(), builder.floats(kernels, shape)), geometry);
        node.contribute(0, builder.reshape(columns, node.tape().shape(node.shapeOf(0))));
    }

    /** The geometry of a sliding window, per spatial axis. */
    private static final class Window {

        final long[] kernel;
        final long[] strides;
        final long[] dilations;
        final long[] padsBefore;
        final long[] padsAfter;
        final long[] extents;
        final long[] outputs;

        private Window(
                long[] kernel,
                long[] strides,
                long[] dilations,
                long[] padsBefore,
                long[] padsAfter,
                long[] extents,
                long[] outputs) {
            this.kernel = kernel;
            this.strides = strides;
            this.dilations = dilations;
            this.padsBefore = padsBefore;
            this.padsAfter = padsAfter;
            this.extents = extents;
            this.outputs = outputs;
        }

        static Window of(NodeGradient gradient, long[] kernel) {
            Node node = gradient.node();
            int axes = kernel.length;
            long[] ones = LongStream.generate(() -> 1).limit(axes).toArray();
            long[] strides = node.integers("strides", ones);
            long[] dilations = node.integers("dilations", ones);
            long[] extents = space(gradient.shapeOf(0), axes);
            long[] outputs = space(gradient.shapeOfOutput(), axes);
            long[] pads = node.integers("pads", new long[2 * axes]);
            String automatic = node.text("auto_pad", "NOTSET");
            long[] padsBefore = new long[axes];
            long[] padsAfter = new long[axes];
            for (int axis = 0; axis < axes; axis++) {
                long needed = Math.max(
                        0,
                        (outputs[axis] - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1 - extents[axis]);
                padsBefore[axis] = switch (automatic) {
                    case "SAME_UPPER" -> needed / 2;
                    case "SAME_LOWER" -> (needed + 1) / 2;
                    case "VALID" -> 0;
                    default -> pads[axis];
                };
                padsAfter[axis] = automatic.equals("NOTSET") ? pads[axis + axes] : needed - padsBefore[axis];
            }
            return new Window(kernel, strides, dilations, padsBefore, padsAfter, extents, outputs);
        }

        private static long[] space(Shape shape, int axes) {
            return IntStream.range(0, axes)
                    .mapToLong(axis -> shape.fixedExtent(axis + 2))
                    .toArray();
        }

        /** A Conv cannot take the negative padding that undoes more padding than the kernel reaches. */
        boolean isFlippable() {
            return IntStream.range(0, kernel.length)
                    .allMatch(axis -> strides[axis] == 1
                            && Math.max(padsBefore[axis], padsAfter[axis]) <= dilations[axis] * (kernel[axis] - 1));
        }

        /** The transposed convolution that takes outputs back to the input's extents. */
        String transposed(NodeGradient node, String outputGradient, String weights, long groups) {
            int axes = kernel.length;
            long[] pads = new long[2 * axes];
            long[] outputPadding = new long[axes];
            for (int axis = 0; axis < axes; axis++) {
                long surplus = (outputs[axis] - 1) * strides[axis]
                        + dilations[axis] * (kernel[axis] - 1)
                        + 1
                        - padsBefore[axis]
                        - extents[axis];
                pads[axis] = padsBefore[axis];
                pads[axis + axes] = Math.max(0, surplus);
                outputPadding[axis] = Math.max(0, -surplus);
            }
            return node.builder()
                    .emit(
                            "ConvTranspose",
                            List.of(outputGradient, weights),
                            GraphBuilder.attribute("strides", strides),
                            GraphBuilder.attribute("dilations", dilations),
                            GraphBuilder.attribute("pads", pads),
                            GraphBuilder.attribute("output_padding", outputPadding),
                            GraphBuilder.attribute("group", groups));
        }

        /** One over the number of elements in each output's mean, row-major. */
        float[] shares(boolean countPadding) {
            List<long[]> counts = new ArrayList<>();
            for (int axis = 0; axis < kernel.length; axis++) {
                counts.add(counts(axis, countPadding));
            }
            float[] shares = {1};
            for (long[] count : counts) {
                float[] wider = new float[shares.length * count.length];
                for (int i = 0; i < wider.length; i++) {
                    wider[i] = shares[i / count.length] / count[i % count.length];
                }
                shares = wider;
            }
            return shares;
        }

        private long[] counts(int axis, boolean countPadding) {
            return LongStream.range(0, outputs[axis])
                    .map(output -> LongStream.range(0, kernel[axis])
                            .map(tap -> output * strides[axis] + tap * dilations[axis] - padsBefore[axis])
                            // A window that reaches beyond the padding, as rounding up makes it, counts neither.
                            .filter(position -> countPadding
                                    ? position < extents[axis] + padsAfter[axis]
                                    : position >= 0 && position < extents[axis])
                            .count())
                    .toArray();
        }
    }
}
