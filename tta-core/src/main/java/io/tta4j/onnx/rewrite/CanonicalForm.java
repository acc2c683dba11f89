package io.tta4j.onnx.rewrite;

import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.probe.Conditions;
import io.tta4j.onnx.probe.Probe;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
        Graph graph = Tidy.of(Functions.inlined(original));
        graph.nodes().forEach(CanonicalForm::requireKnown);
        // Each step may lay bare what another one waits for: a constant position, a condition, a node in a branch.
        while (true) {
            int before = graph.nodes().size();
            Step step = Step.of(graph, inputs);
            graph = Probe.foldConstants(step.graph());
            Map<String, Boolean> decided = Conditions.decided(graph, inputs, Branches.conditions(graph));
            if (!decided.isEmpty()) {
                graph = Tidy.of(Branches.taken(graph, decided));
            } else if (!step.changed() && graph.nodes().size() == before) {
                return new CanonicalForm(graph, step.remarks());
            }
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
}
