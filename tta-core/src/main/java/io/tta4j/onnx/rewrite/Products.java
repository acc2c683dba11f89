package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.tta4j.onnx.graph.GraphBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Matrix products and convolutions that ONNX Runtime fuses with what stands around them. */
final class Products {

    private static final Set<String> PLAIN_ACTIVATIONS = Set.of("Relu", "Sigmoid", "Tanh", "Softplus", "Softsign");

    private Products() {}

    /** alpha A* B*, where * swaps the last two axes, or turns the first axis to the last but one, or both. */
    static List<String> matMul(Expansion node) {
        String a = transposed(node, 0, "transA", "transBatchA");
        String b = transposed(node, 1, "transB", "transBatchB");
        String product = node.emit("MatMul", List.of(a, b));
        float alpha = node.node().real("alpha", 1);
        return List.of(alpha == 1 ? product : node.builder.multiply(product, alpha));
    }

    private static String transposed(Expansion node, int input, String swap, String turn) {
        boolean swaps = node.node().integer(swap, 0) != 0;
        boolean turns = node.node().integer(turn, 0) != 0;
        if (!swaps && !turns) {
            return node.input(input);
        }
        int rank = node.rank(input);
        if (rank == 1) {
            // A vector has no axes to swap.
            return node.input(input);
        }
        node.require(rank > 1, "the rank of factor " + input + " is not known");
        long[] axes = turns
                ? LongStream.concat(LongStream.range(1, rank - 1), LongStream.of(0, rank - 1))
                        .toArray()
                : LongStream.range(0, rank).toArray();
        if (swaps) {
            long last = axes[rank - 1];
            axes[rank - 1] = axes[rank - 2];
            axes[rank - 2] = last;
        }
        return node.builder.transpose(node.input(input), axes);
    }

    static List<String> gemm(Expansion node) {
        List<AttributeProto> plain = node.node().proto().getAttributeList().stream()
                .filter(attribute -> !attribute.getName().startsWith("activation"))
                .toList();
        String product = node.emit("Gemm", node.node().inputs(), plain.toArray(AttributeProto[]::new));
        float[] values = {
            node.node().real("activation_alpha", Float.NaN), node.node().real("activation_beta", Float.NaN),
        };
        return List.of(activated(node, product, values));
    }

    /** Inputs: x, the kernel, a bias, and a tensor to add in front of the activation. */
    static List<String> convolution(Expansion node) {
        List<AttributeProto> plain = node.node().proto().getAttributeList().stream()
                .filter(attribute -> !attribute.getName().startsWith("activation"))
                .toList();
        List<String> inputs = new ArrayList<>(List.of(node.input(0), node.input(1)));
        if (node.hasInput(2)) {
            inputs.add(node.input(2));
        }
        String map = node.emit("Conv", inputs, plain.toArray(AttributeProto[]::new));
        if (node.hasInput(3)) {
            map = node.builder.add(map, node.input(3));
        }
        return List.of(activated(node, map, node.node().reals("activation_params")));
    }

    private static String activated(Expansion node, String tensor, float[] values) {
        String activation = node.node().text("activation", "");
        if (activation.isEmpty()) {
            return tensor;
        }
        if (PLAIN_ACTIVATIONS.contains(activation)) {
            return node.emit(activation, List.of(tensor));
        }
        GraphBuilder builder = node.builder;
        return switch (activation) {
            case "LeakyRelu" -> node.emit("LeakyRelu", List.of(tensor), attribute("alpha", value(values, 0, 0.01f)));
            case "HardSigmoid" ->
                node.emit(
                        "HardSigmoid",
                        List.of(tensor),
                        attribute("alpha", value(values, 0, 0.2f)),
                        attribute("beta", value(values, 1, 0.5f)));
            case "Clip" ->
                node.emit(
                        "Clip",
                        List.of(
                                tensor,
                                builder.scalar(value(values, 0, -Float.MAX_VALUE)),
                                builder.scalar(value(values, 1, Float.MAX_VALUE))));
            default -> throw new Irreplaceable("its activation is '" + activation + "'");
        };
    }

    private static float value(float[] values, int index, float otherwise) {
        return index >= values.length || Float.isNaN(values[index]) ? otherwise : values[index];
    }
}
