package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.probe.Conditions;
import io.tta4j.onnx.probe.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The same network in standard operators, one by one: functions of the model inlined, compositions taken apart,
 * branches that are always taken put in the place of their If, and constants folded.
 *
 * <p>Tensors that remain keep their names, and new nodes are named after those whose place they take.
 *
 * @param graph the network
 * @param remarks what was left as it is, and why
 */
public record CanonicalForm(Graph graph, List<String> remarks) {

    private static final String BLOCKED = "com.microsoft.nchwc";

    /** The domains whose operators ONNX Runtime brings along. */
    private static final Set<String> KNOWN_DOMAINS =
            Set.of("", "ai.onnx", "ai.onnx.ml", "ai.onnx.preview", "com.microsoft", "com.ms.internal.nhwc");

    public CanonicalForm {
        remarks = List.copyOf(remarks);
    }

    /**
     * Brings a network into canonical form.
     *
     * @param original the network as the file has it
     * @param inputs what it is fed
     * @throws ModelException if it holds an operator that only one machine, or nobody, knows
     */
    public static CanonicalForm of(Graph original, List<InputSpec> inputs) {
        Graph graph = Functions.inlined(original);
        graph.nodes().forEach(CanonicalForm::requireKnown);
        while (true) {
            List<String> remarks = new ArrayList<>();
            graph = Probe.foldConstants(expanded(graph, remarks));
            Map<String, Boolean> decided = Conditions.decided(graph, inputs, Branches.conditions(graph));
            if (decided.isEmpty()) {
                return new CanonicalForm(graph, remarks);
            }
            graph = Branches.taken(graph, decided);
        }
    }

    private static void requireKnown(Node node) {
        String domain = node.proto().getDomain();
        if (domain.equals(BLOCKED)) {
            throw new ModelException(node
                    + " is of a layout for one kind of processor, as ONNX Runtime writes it at optimisation level 3;"
                    + " save the file again with ORT_ENABLE_EXTENDED at most, or take the file that was exported");
        }
        if (!KNOWN_DOMAINS.contains(domain)) {
            throw new ModelException(node + " is of domain '" + domain + "', which ONNX Runtime does not know;"
                    + " export the model with standard operators, or with the operator as a function of the model");
        }
    }

    private static Graph expanded(Graph graph, List<String> remarks) {
        List<Node> composed = graph.nodes().stream()
                .filter(node -> Compositions.of(node).isPresent())
                .toList();
        if (composed.isEmpty()) {
            return graph;
        }
        Supplier<Types> types = once(() -> Types.around(graph, composed));
        ModelProto.Builder model = graph.model().toBuilder();
        GraphProto.Builder nodes = model.getGraphBuilder().clearNode();
        for (Node node : graph.nodes()) {
            Compositions.of(node)
                    .ifPresentOrElse(
                            composition -> expand(graph, node, composition, types, nodes, remarks),
                            () -> nodes.addNode(node.proto()));
        }
        return new Graph(model.build());
    }

    private static void expand(
            Graph graph,
            Node node,
            Composition composition,
            Supplier<Types> types,
            GraphProto.Builder nodes,
            List<String> remarks) {
        try {
            Expansion expansion = new Expansion(graph, node, types);
            GraphProto replacement = expansion.replacement(composition.expand(expansion));
            nodes.addAllInitializer(replacement.getInitializerList());
            nodes.addAllNode(replacement.getNodeList());
        } catch (Irreplaceable e) {
            remarks.add(node + " is left as it is: " + e.getMessage());
            nodes.addNode(node.proto());
        }
    }

    private static Supplier<Types> once(Supplier<Types> source) {
        Types[] known = new Types[1];
        return () -> {
            if (known[0] == null) {
                known[0] = source.get();
            }
            return known[0];
        };
    }
}
