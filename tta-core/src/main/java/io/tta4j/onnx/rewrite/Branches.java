package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts the branch that is always taken in the place of its If. */
final class Branches {

    private Branches() {}

    /** The tensors that decide which branch is taken. */
    static Set<String> conditions(Graph graph) {
        return graph.nodes().stream()
                .filter(Branches::isBranch)
                .map(node -> node.input(0))
                .collect(Collectors.toSet());
    }

    private static boolean isBranch(Node node) {
        return node.operator().equals("If");
    }

    /** @param decided the conditions that always have the same value */
    static Graph taken(Graph graph, Map<String, Boolean> decided) {
        ModelProto.Builder model = graph.model().toBuilder();
        model.getGraphBuilder().clearNode();
        for (Node node : graph.nodes()) {
            Boolean condition = isBranch(node) ? decided.get(node.input(0)) : null;
            if (condition == null) {
                model.getGraphBuilder().addNode(node.proto());
            } else {
                take(node.proto(), condition ? "then_branch" : "else_branch", model.getGraphBuilder());
            }
        }
        return new Graph(model.build());
    }

    private static void take(NodeProto branching, String branch, GraphProto.Builder graph) {
        GraphProto body = branching.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(branch))
                .map(AttributeProto::getG)
                .findFirst()
                .orElseThrow();
        Set<String> local = new HashSet<>();
        body.getNodeList().forEach(node -> local.addAll(node.getOutputList()));
        body.getInitializerList().forEach(tensor -> local.add(tensor.getName()));
        String scope = GraphBuilder.PREFIX + branching.getOutput(0) + "/";
        Renaming renaming = new Renaming(tensor -> local.contains(tensor) ? scope + tensor : tensor);

        body.getInitializerList().forEach(tensor -> graph.addInitializer(renaming.of(tensor)));
        body.getNodeList().forEach(node -> graph.addNode(renaming.of(node)));
        List<NodeProto> results = new ArrayList<>();
        for (int i = 0; i < branching.getOutputCount(); i++) {
            if (!branching.getOutput(i).isEmpty()) {
                results.add(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .setName(branching.getName())
                        .addInput(renaming.of(body.getOutput(i).getName()))
                        .addOutput(branching.getOutput(i))
                        .build());
            }
        }
        graph.addAllNode(results);
    }
}
