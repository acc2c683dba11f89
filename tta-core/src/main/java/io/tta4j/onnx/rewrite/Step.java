package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.model.InputSpec;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.probe.Extents;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All compositions of a graph taken apart once.
 *
 * @param graph the graph then
 * @param changed whether there was any that could be
 * @param remarks what could not, and why
 */
record Step(Graph graph, boolean changed, List<String> remarks) {

    static Step of(Graph graph, List<InputSpec> inputs) {
        List<Node> composed = graph.nodes().stream()
                .filter(node -> Compositions.of(graph, node).isPresent())
                .toList();
        List<Node> typed =
                composed.stream().filter(node -> !Sequences.reads(node)).toList();
        Set<String> read = new LinkedHashSet<>();
        typed.forEach(node -> read.addAll(node.reads()));
        Supplier<Types> types = once(() -> Types.around(graph, typed));
        Supplier<Extents> extents = once(() -> Extents.of(graph, inputs, read));
        List<String> remarks = new ArrayList<>();
        ModelProto.Builder model = graph.model().toBuilder();
        GraphProto.Builder nodes = model.getGraphBuilder().clearNode();
        for (Node node : graph.nodes()) {
            if (!composed.contains(node)) {
                nodes.addNode(node.proto());
                continue;
            }
            try {
                Expansion expansion = new Expansion(graph, node, types, extents);
                Composition composition = Compositions.of(graph, node).orElseThrow();
                GraphProto replacement = expansion.replacement(composition.expand(expansion));
                nodes.addAllInitializer(replacement.getInitializerList());
                nodes.addAllNode(replacement.getNodeList());
            } catch (Irreplaceable e) {
                remarks.add(node + " is left as it is: " + e.getMessage());
                nodes.addNode(node.proto());
            }
        }
        return remarks.size() == composed.size()
                ? new Step(graph, false, remarks)
                : new Step(Tidy.of(new Graph(model.build())), true, remarks);
    }

    private static <T> Supplier<T> once(Supplier<T> source) {
        return new Supplier<>() {

            private @Nullable T known;

            @Override
            public T get() {
                T value = known;
                if (value == null) {
                    value = source.get();
                    known = value;
                }
                return value;
            }
        };
    }
}
