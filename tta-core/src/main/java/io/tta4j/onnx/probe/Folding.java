package io.tta4j.onnx.probe;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtSession;
import io.tta4j.onnx.graph.FileValues;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Computes the parts of a graph that depend on no input. */
final class Folding {

    private static final Set<String> RANDOM_OPERATORS = Set.of(
            "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial", "Bernoulli");

    private final Graph graph;
    private final Set<Node> foldable = new LinkedHashSet<>();

    /** Constants by name, those that were folded included; of those that have to be computed there are none yet. */
    private final Map<String, TensorProto> constants;

    private Folding(Graph graph) {
        this.graph = graph;
        this.constants = new LinkedHashMap<>(graph.initializers());
    }

    /** The same graph with a constant in the place of each such part, and without constants that nothing reads. */
    static Graph fold(Graph graph) {
        return new Folding(graph).fold();
    }

    private Graph fold() {
        Set<String> varying = graph.reachable(
                graph.inputs().stream().map(input -> input.getName()).toList(), node -> true);
        Set<String> constant = new LinkedHashSet<>(graph.initializers().keySet());
        for (Node node : graph.nodes()) {
            boolean fold = !RANDOM_OPERATORS.contains(node.operator())
                    && constant.containsAll(node.reads())
                    && node.outputs().stream().noneMatch(varying::contains);
            if (fold) {
                foldable.add(node);
                constant.addAll(node.outputs());
            }
        }
        if (foldable.isEmpty()) {
            return graph;
        }
        List<Node> computed = new ArrayList<>();
        for (Node node : foldable) {
            moved(node).ifPresentOrElse(tensor -> constants.put(node.output(), tensor), () -> computed.add(node));
        }
        Set<String> read = graph.nodes().stream()
                .filter(node -> !foldable.contains(node))
                .flatMap(node -> node.reads().stream())
                .collect(Collectors.toSet());
        graph.outputs().forEach(output -> read.add(output.getName()));
        compute(computed, read);
        ModelProto.Builder folded = graph.model().toBuilder();
        folded.getGraphBuilder().clearNode().clearInitializer();
        constants.values().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .forEach(folded.getGraphBuilder()::addInitializer);
        graph.nodes().stream()
                .filter(node -> !foldable.contains(node))
                .forEach(node -> folded.getGraphBuilder().addNode(node.proto()));
        return new Graph(folded.build());
    }

    /** What a node makes of weights in a file, if it leaves the values as they are and only moves them. */
    private Optional<TensorProto> moved(Node node) {
        TensorProto weights = node.inputs().isEmpty() ? null : constants.get(node.input(0));
        if (weights == null || !FileValues.canBeTransposed(weights)) {
            return Optional.empty();
        }
        int rank = weights.getDimsCount();
        boolean same = node.operator().equals("Identity")
                || (node.operator().equals("Cast") && node.integer("to", 0) == weights.getDataType());
        if (same) {
            return Optional.of(weights.toBuilder().setName(node.output()).build());
        }
        if (node.operator().equals("Transpose")) {
            long[] given = node.integers("perm");
            long[] reversed =
                    LongStream.range(0, rank).map(axis -> rank - 1 - axis).toArray();
            return Optional.of(FileValues.transposed(weights, node.output(), given.length == 0 ? reversed : given));
        }
        return Optional.empty();
    }

    private void compute(List<Node> nodes, Set<String> wanted) {
        Set<String> needed = new LinkedHashSet<>();
        Set<String> results = new LinkedHashSet<>();
        for (Node node : nodes) {
            needed.addAll(node.reads());
            node.outputs().stream().filter(wanted::contains).forEach(results::add);
        }
        if (results.isEmpty()) {
            return;
        }
        GraphBuilder builder = new GraphBuilder();
        constants.values().stream()
                .filter(tensor -> needed.contains(tensor.getName()))
                .forEach(builder::initializer);
        nodes.forEach(node -> builder.copy(node.proto()));
        results.forEach(builder::output);
        try (NativeSession session = Probe.session(builder, graph);
                OrtSession.Result values = session.run(Map.of(), results)) {
            results.forEach(name -> constants.put(name, Constants.of(name, NativeTensors.tensor(values, name))));
        }
    }
}
