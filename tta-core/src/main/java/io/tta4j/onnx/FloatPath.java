package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says why a network in which no norm layer was found may have one all the same, in numbers that cannot be adapted. */
final class FloatPath {

    private static final Set<String> NORMS = Set.of(
            "BatchNormalization",
            "GroupNormalization",
            "InstanceNormalization",
            "LayerNormalization",
            "RMSNormalization",
            "SimplifiedLayerNormalization");

    private FloatPath() {}

    /** What keeps the network from computing in float32; empty if nothing does. */
    static Optional<String> obstacle(Graph graph) {
        return quantized(graph).or(() -> otherFloats(graph));
    }

    private static Optional<String> quantized(Graph graph) {
        List<Node> quantized = graph.nodes().stream().filter(Node::isQuantized).toList();
        return quantized.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "the network is quantised: %d of its nodes compute in integers, the first of them %s; adapt"
                                        .formatted(quantized.size(), quantized.get(0))
                                + " the float model that was quantised");
    }

    private static Optional<String> otherFloats(Graph graph) {
        for (Node node : graph.nodes()) {
            if (NORMS.contains(node.operator()) && node.hasInput(1)) {
                Optional<DataType> type = graph.constant(node.input(1))
                        .flatMap(scales -> Optional.ofNullable(DataType.forNumber(scales.getDataType())))
                        .filter(other -> other != DataType.FLOAT);
                if (type.isPresent()) {
                    return Optional.of(
                            "the parameters of norm layers must be float32, but those of %s are %s; export the"
                                            .formatted(node, type.get())
                                    + " model in float32");
                }
            }
        }
        return Optional.empty();
    }
}
