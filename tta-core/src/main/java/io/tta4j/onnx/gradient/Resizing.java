package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The rule of interpolation, which is a product with a matrix along each axis. The matrix is what the same operator
 * makes of the unit matrix, a constant that ONNX Runtime folds: so it is right in every mode.
 */
final class Resizing {

    private static final int SCALES = 2;
    private static final Set<String> ABOUT_AXES = Set.of("axes", "keep_aspect_ratio_policy");

    private Resizing() {}

    static void resize(NodeGradient node) {
        node.onlyFirstInput("the size");
        if (node.node().text("coordinate_transformation_mode", "half_pixel").equals("tf_crop_and_resize")) {
            throw new UnsupportedGradient("coordinates must not be tf_crop_and_resize");
        }
        if (!node.node().text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
            throw new UnsupportedGradient("the aspect ratio must not be kept");
        }
        Shape shape = node.shapeOf(0);
        Shape reached = node.shapeOfOutput();
        long[] axes =
                node.node().integers("axes", LongStream.range(0, shape.rank()).toArray());
        String gradient = node.upstream();
        for (int i = 0; i < axes.length; i++) {
            int axis = shape.axis(axes[i]);
            boolean scaled = node.node().hasInput(SCALES) && scale(node, i) != 1;
            if (!scaled && shape.extent(axis).equals(reached.extent(axis))) {
                continue;
            }
            long from = shape.fixedExtent(axis);
            long to = reached.fixedExtent(axis);
            reached = reached.with(axis, from);
            String matrix = matrix(node, from, to, scaled ? scale(node, i) : 1);
            gradient = Indexing.alongAxis(node, gradient, axis, matrix, to, reached);
        }
        node.contribute(0, gradient);
    }

    /** Row i: how much of input i is in each output. */
    private static String matrix(NodeGradient node, long from, long to, float scale) {
        GraphBuilder builder = node.builder();
        int extent = Math.toIntExact(from);
        float[] unit = new float[extent * extent];
        for (int i = 0; i < extent; i++) {
            unit[i * extent + i] = 1;
        }
        String rows = builder.floats(unit, from, 1, 1, from);
        AttributeProto[] how = node.node().proto().getAttributeList().stream()
                .filter(attribute -> !ABOUT_AXES.contains(attribute.getName()))
                .toArray(AttributeProto[]::new);
        List<String> inputs = node.node().hasInput(SCALES)
                ? List.of(rows, "", builder.floats(new float[] {1, 1, 1, scale}, 4))
                : List.of(rows, "", "", builder.longs(from, 1, 1, to));
        return builder.reshape(builder.emit("Resize", inputs, how), from, to);
    }

    private static float scale(NodeGradient node, int index) {
        TensorProto scales = node.tape()
                .graph
                .constant(node.node().input(SCALES))
                .orElseThrow(() -> new UnsupportedGradient("the scales are no constant"));
        return Tensors.floats(scales)[index];
    }
}
