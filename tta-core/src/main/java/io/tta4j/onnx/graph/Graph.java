package io.tta4j.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A model's graph, ready to be walked: nodes in topological order (as ONNX requires), constants by name, who makes and
 * who reads each tensor. Immutable.
 */
public final class Graph {

    private final ModelProto model;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, List<Node>> consumers = new HashMap<>();

    public Graph(ModelProto model) {
        this.model = model;
        GraphProto graph = model.getGraph();
        graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
        graph.getInputList().stream()
                .filter(input -> !initializers.containsKey(input.getName()))
                .forEach(inputs::add);
        for (NodeProto proto : graph.getNodeList()) {
            Node node = new Node(proto);
            nodes.add(node);
            node.outputs().forEach(output -> producers.put(output, node));
            node.reads()
                    .forEach(tensor -> consumers
                            .computeIfAbsent(tensor, name -> new ArrayList<>())
                            .add(node));
        }
    }

    public ModelProto model() {
        return model;
    }

    public List<Node> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** The inputs that a caller feeds: those without a default value. */
    public List<ValueInfoProto> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    public List<ValueInfoProto> outputs() {
        return model.getGraph().getOutputList();
    }

    public boolean isOutput(String tensor) {
        return outputs().stream().anyMatch(output -> output.getName().equals(tensor));
    }

    public Map<String, TensorProto> initializers() {
        return Collections.unmodifiableMap(initializers);
    }

    /** The constant of that name, if the tensor is one. */
    public Optional<TensorProto> constant(String tensor) {
        return Optional.ofNullable(initializers.get(tensor));
    }

    public Optional<Node> producer(String tensor) {
        return Optional.ofNullable(producers.get(tensor));
    }

    /** The producer of a tensor, if it is of that operator. */
    public Optional<Node> producer(String tensor, String operator) {
        return producer(tensor).filter(node -> node.operator().equals(operator));
    }

    public List<Node> consumers(String tensor) {
        return consumers.getOrDefault(tensor, List.of());
    }

    /** The one reader of a tensor that nobody else reads and that is no output, if it is of that operator. */
    public Optional<Node> onlyConsumer(String tensor, String operator) {
        List<Node> readers = consumers(tensor);
        return readers.size() == 1
                        && !isOutput(tensor)
                        && readers.get(0).operator().equals(operator)
                ? Optional.of(readers.get(0))
                : Optional.empty();
    }

    /** The version of ONNX's own operators that the file was written for. */
    public long opset() {
        return model.getOpsetImportList().stream()
                .filter(opset -> isStandard(opset.getDomain()))
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(1);
    }

    /** Whether a domain of operators is ONNX's own. */
    public static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    /** All tensors that can be reached from the given ones, these included, along nodes that the test accepts. */
    public Set<String> reachable(Collection<String> from, Predicate<Node> through) {
        Set<String> reached = new HashSet<>(from);
        for (Node node : nodes) {
            if (node.reads().stream().anyMatch(reached::contains) && through.test(node)) {
                reached.addAll(node.outputs());
            }
        }
        return reached;
    }
}
