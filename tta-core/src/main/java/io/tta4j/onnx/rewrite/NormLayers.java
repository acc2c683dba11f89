package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Norm layers that ONNX Runtime fuses with what stands in front of them, and normalisations without parameters. */
final class NormLayers {

    /** Added to a sum of squares: changes none but zero, which has no root to differentiate. */
    private static final double SMALLEST_NORMAL = 1.2e-38;

    /** The epsilon of ONNX's definition of MeanVarianceNormalization. */
    private static final double MEAN_VARIANCE_EPSILON = 1e-9;

    /** From here on, the axes of a ReduceMean are an input. */
    private static final long AXES_ARE_INPUT_SINCE = 18;

    private NormLayers() {}

    /**
     * Whether a layer norm has no shift of its own: where a module has none, PyTorch's older exporter writes a node of
     * zeros, of which ONNX Runtime may have made an initializer; parameters are initializers under their own names.
     */
    static boolean isUnshifted(Graph graph, Node layerNorm) {
        if (!layerNorm.hasInput(2)) {
            return false;
        }
        String shift = layerNorm.input(2);
        Optional<TensorProto> written = graph.producer(shift, "Constant").flatMap(constant -> constant.tensor("value"));
        return written.or(() -> graph.constant(shift).filter(constant -> shift.contains("/Constant")))
                .filter(Tensors::isFloat)
                .filter(zeros -> allZero(Tensors.floats(zeros)))
                .isPresent();
    }

    private static boolean allZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    static List<String> unshifted(Expansion node) {
        return List.of(node.emit(
                "LayerNormalization",
                node.node().inputs().subList(0, 2),
                node.node().proto().getAttributeList().toArray(AttributeProto[]::new)));
    }

    /** Inputs: x, skip, gamma, beta, bias. Outputs: the norm, mean, 1 / deviation, the sum that went in. */
    static List<String> skipLayerNorm(Expansion node) {
        String sum = sum(node, 4);
        List<String> inputs = new ArrayList<>(List.of(sum, node.input(2)));
        if (node.hasInput(3)) {
            inputs.add(node.input(3));
        }
        return List.of(layerNorm(node, inputs), "", "", sum);
    }

    /** Inputs: x, skip, gamma, bias. */
    static List<String> skipRootMeanSquare(Expansion node) {
        String sum = sum(node, 3);
        String norm = node.emit(
                "SimplifiedLayerNormalization",
                List.of(sum, node.input(2)),
                attribute("axis", -1),
                attribute("epsilon", node.node().real("epsilon", 1e-12f)));
        return List.of(norm, "", "", sum);
    }

    private static String sum(Expansion node, int bias) {
        String sum = node.builder.add(node.input(0), node.input(1));
        return node.hasInput(bias) ? node.builder.add(sum, node.input(bias)) : sum;
    }

    private static String layerNorm(Expansion node, List<String> inputs) {
        return node.emit(
                "LayerNormalization",
                inputs,
                attribute("axis", -1),
                attribute("epsilon", node.node().real("epsilon", 1e-12f)));
    }

    /**
     * Inputs: token ids, segment ids; the tables of words, positions and segments; gamma, beta; a mask, position ids.
     * Outputs: the norm of the sum of three rows, the tokens that each row's mask leaves, the sum.
     */
    static List<String> embeddings(Expansion node) {
        GraphBuilder builder = node.builder;
        String ids = node.input(0);
        String sum = builder.add(node.emit("Gather", List.of(node.input(2), ids)), positions(node, ids));
        if (node.hasInput(1)) {
            sum = builder.add(sum, node.emit("Gather", List.of(node.input(4), node.input(1))));
        }
        String norm = layerNorm(node, List.of(sum, node.input(5), node.input(6)));
        String tokens = "";
        if (node.isRead(1)) {
            tokens = node.hasInput(7)
                    ? builder.sum(node.input(7), false, 1)
                    : node.cast(
                            builder.multiply(builder.sum(node.cast(ids, DataType.INT64), false, 1), builder.longs(0)),
                            DataType.INT32);
        }
        return List.of(norm, tokens, sum);
    }

    private static String positions(Expansion node, String ids) {
        if (node.hasInput(8)) {
            return node.emit("Gather", List.of(node.input(3), node.input(8)));
        }
        GraphBuilder builder = node.builder;
        return node.emit("Slice", List.of(node.input(3), builder.longs(0), node.extents(ids, 1, 2), builder.longs(0)));
    }

    /** x over its norm along one axis. */
    static List<String> lpNormalization(Expansion node) {
        GraphBuilder builder = node.builder;
        String x = node.input(0);
        long axis = node.node().integer("axis", -1);
        String norm;
        if (node.node().integer("p", 2) == 1) {
            norm = builder.add(builder.sum(node.emit("Abs", List.of(x)), true, axis), builder.scalar(SMALLEST_NORMAL));
        } else {
            String squares = builder.sum(builder.multiply(x, x), true, axis);
            norm = node.emit("Sqrt", List.of(builder.add(squares, builder.scalar(SMALLEST_NORMAL))));
        }
        return List.of(builder.divide(x, norm));
    }

    /** (x - mean) / (deviation + epsilon) over some axes. */
    static List<String> meanVariance(Expansion node) {
        GraphBuilder builder = node.builder;
        long[] axes = node.node().integers("axes", 0, 2, 3);
        String centered = builder.subtract(node.input(0), mean(node, node.input(0), axes));
        String deviation = node.emit("Sqrt", List.of(mean(node, builder.multiply(centered, centered), axes)));
        return List.of(builder.divide(centered, builder.add(deviation, builder.scalar(MEAN_VARIANCE_EPSILON))));
    }

    private static String mean(Expansion node, String x, long... axes) {
        return node.opset() >= AXES_ARE_INPUT_SINCE
                ? node.emit("ReduceMean", List.of(x, node.builder.longs(axes)))
                : node.emit("ReduceMean", List.of(x), attribute("axes", axes));
    }
}
