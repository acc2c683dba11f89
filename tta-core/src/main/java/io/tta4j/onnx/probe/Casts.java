package io.tta4j.onnx.probe;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.SharedWeights;
import java.util.List;

/**
 * Puts a Cast in the place of every CastLike. Of its second input a CastLike reads only the type, yet constants that it
 * casts, as PyTorch's exporter does with norm layers' parameters when it must not optimise, seem to depend on data.
 */
final class Casts {

    private static final String CAST_LIKE = "CastLike";

    private Casts() {}

    static Graph withoutCastLike(Graph graph) {
        List<Node> casts = graph.nodes().stream()
                .filter(node -> node.operator().equals(CAST_LIKE))
                .toList();
        if (casts.isEmpty()) {
            return graph;
        }
        ModelProto.Builder typed = graph.model().toBuilder();
        for (Node cast : casts) {
            typed.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(cast.output()));
        }
        ModelProto.Builder plain = graph.model().toBuilder();
        plain.getGraphBuilder().clearNode();
        try (NativeSession session = NativeSession.open(typed.build(), Purpose.PROBING, 0, SharedWeights.none())) {
            for (Node node : graph.nodes()) {
                plain.getGraphBuilder()
                        .addNode(
                                node.operator().equals(CAST_LIKE)
                                        ? cast(node, Constants.type(node.output(), session.elementType(node.output())))
                                        : node.proto());
            }
        }
        return new Graph(plain.build());
    }

    private static NodeProto cast(Node castLike, DataType type) {
        return castLike.proto().toBuilder()
                .setOpType("Cast")
                .clearInput()
                .addInput(castLike.input(0))
                .addAttribute(GraphBuilder.attribute("to", type.getNumber()))
                .build();
    }
}
