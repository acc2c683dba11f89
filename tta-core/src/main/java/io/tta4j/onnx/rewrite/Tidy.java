package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Leaves out nodes that nobody reads, and gives nodes different names, on which ONNX Runtime insists.
 *
 * <p>A node that ONNX Runtime fused, {@code /norm/Mul/LayerNormFusion/}, gets back the name of the one that it was made
 * from: the last scope before the operator is its module.
 */
final class Tidy {

    private static final Pattern FUSED = Pattern.compile("/\\w*Fusion\\w*/\\w*$");

    private Tidy() {}

    static Graph of(Graph graph) {
        Set<String> read = new HashSet<>();
        graph.outputs().stream().map(ValueInfoProto::getName).forEach(read::add);
        List<NodeProto> kept = new ArrayList<>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            if (node.outputs().stream().anyMatch(read::contains)) {
                read.addAll(node.reads());
                kept.add(node.proto());
            }
        }
        Collections.reverse(kept);
        Set<String> names = new HashSet<>();
        kept.replaceAll(node -> named(node, names));
        ModelProto.Builder model = graph.model().toBuilder();
        model.getGraphBuilder().clearNode().addAllNode(kept);
        return new Graph(model.build());
    }

    private static NodeProto named(NodeProto node, Set<String> taken) {
        String own = FUSED.matcher(node.getName()).replaceFirst("");
        String name = own;
        for (int i = 1; !name.isEmpty() && !taken.add(name); i++) {
            name = own + "_" + i;
        }
        return name.equals(node.getName())
                ? node
                : node.toBuilder().setName(name).build();
    }
}
