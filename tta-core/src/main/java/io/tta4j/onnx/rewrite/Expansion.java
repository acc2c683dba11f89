package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Extents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One node on its way to standard operators: what it reads, and a builder for what takes its place.
 *
 * <p>The new nodes carry the old one's name, with their operator added, and its metadata: norm layers are named after
 * them.
 */
final class Expansion {

    private final Graph graph;
    private final Node node;
    private final Supplier<Types> types;
    private final Supplier<Extents> extents;

    /** Where the standard operators go. */
    final GraphBuilder builder;

    Expansion(Graph graph, Node node, Supplier<Types> types, Supplier<Extents> extents) {
        this.graph = graph;
        this.node = node;
        this.types = types;
        this.builder = new GraphBuilder(node.output() + "/");
        this.extents = extents;
    }

    Node node() {
        return node;
    }

    boolean hasInput(int index) {
        return node.hasInput(index);
    }

    String input(int index) {
        if (!node.hasInput(index)) {
            throw new Irreplaceable("its input " + index + " is missing");
        }
        return node.input(index);
    }

    /** The version of ONNX's own operators in this graph. */
    long opset() {
        return graph.opset();
    }

    /** How many nodes of this operator there are, this one counted. */
    long layersAlike() {
        return graph.nodes().stream()
                .filter(other -> other.operator().equals(node.operator()))
                .count();
    }

    /** Whether somebody reads an output. */
    boolean isRead(int output) {
        if (output >= node.outputs().size()) {
            return false;
        }
        String tensor = node.outputs().get(output);
        return !graph.consumers(tensor).isEmpty() || graph.isOutput(tensor);
    }

    /** The extents of an input, negative where they depend on the batch. */
    long[] shape(int input) {
        long[] shape = extents.get().byTensor().get(input(input));
        if (shape == null) {
            throw new Irreplaceable("the rank of its input " + input + " depends on the batch");
        }
        return shape.clone();
    }

    int rank(int input) {
        return shape(input).length;
    }

    DataType type(int input) {
        return types.get().type(input(input));
    }

    DataType typeOfOutput() {
        return types.get().type(node.output());
    }

    /** The values of a constant integer input. */
    Optional<long[]> integers(int input) {
        return integersOf(input(input));
    }

    Optional<long[]> integersOf(String tensor) {
        return graph.constant(tensor).map(Tensors::integers);
    }

    boolean isScalar(String constant) {
        return graph.constant(constant)
                .filter(tensor -> tensor.getDimsCount() == 0)
                .isPresent();
    }

    /** The node that makes an input. */
    Optional<Node> producer(int input) {
        return graph.producer(input(input));
    }

    void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new Irreplaceable(otherwise);
        }
    }

    /** Refuses a node of which an optional output is read. */
    void requireUnread(int output, String what) {
        require(!isRead(output), "its output of " + what + " is read");
    }

    String emit(String operator, List<String> inputs, AttributeProto... attributes) {
        return builder.emit(operator, inputs, attributes);
    }

    String cast(String tensor, DataType type) {
        return builder.emit("Cast", List.of(tensor), GraphBuilder.attribute("to", type.getNumber()));
    }

    /** The extents of a tensor from one axis to another, as an int64 tensor. */
    String extents(String tensor, long from, long to) {
        return builder.emit(
                "Slice",
                List.of(
                        builder.emit("Shape", List.of(tensor)),
                        builder.longs(from),
                        builder.longs(to),
                        builder.longs(0)));
    }

    /** An int64 constant without axes. */
    String scalar(long value) {
        return builder.initializer(
                Tensors.of(GraphBuilder.PREFIX + node.output() + "/scalar_" + value, new long[] {value}, new long[0]));
    }

    String concat(List<String> parts, long axis) {
        return builder.emit("Concat", parts, GraphBuilder.attribute("axis", axis));
    }

    /** Equal pieces along an axis. */
    List<String> split(String tensor, long axis, long... lengths) {
        return builder.emit(
                "Split", List.of(tensor, builder.longs(lengths)), lengths.length, GraphBuilder.attribute("axis", axis));
    }

    /** The nodes and constants that take the node's place. */
    GraphProto replacement(List<String> results) {
        Set<String> made = new HashSet<>();
        GraphProto emitted = builder.build(1, List.of()).getGraph();
        emitted.getNodeList().forEach(part -> made.addAll(part.getOutputList()));
        Map<String, String> renamed = new HashMap<>();
        List<NodeProto> copies = new ArrayList<>();
        for (int i = 0; i < node.outputs().size(); i++) {
            String output = node.outputs().get(i);
            String result = i < results.size() ? results.get(i) : "";
            if (output.isEmpty() || (result.isEmpty() && !isRead(i))) {
                continue;
            }
            require(!result.isEmpty(), "its output " + i + " is read");
            if (!made.contains(result) || renamed.putIfAbsent(result, output) != null) {
                copies.add(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput(renamed.getOrDefault(result, result))
                        .addOutput(output)
                        .build());
            }
        }
        GraphProto.Builder replacement = GraphProto.newBuilder().addAllInitializer(emitted.getInitializerList());
        emitted.getNodeList().forEach(part -> replacement.addNode(inherit(renamed(part, renamed))));
        copies.forEach(copy -> replacement.addNode(inherit(copy)));
        return replacement.build();
    }

    private static NodeProto renamed(NodeProto part, Map<String, String> names) {
        NodeProto.Builder changed = part.toBuilder();
        for (int i = 0; i < part.getInputCount(); i++) {
            changed.setInput(i, names.getOrDefault(part.getInput(i), part.getInput(i)));
        }
        for (int i = 0; i < part.getOutputCount(); i++) {
            changed.setOutput(i, names.getOrDefault(part.getOutput(i), part.getOutput(i)));
        }
        return changed.build();
    }

    private NodeProto inherit(NodeProto part) {
        NodeProto.Builder heir =
                part.toBuilder().addAllMetadataProps(node.proto().getMetadataPropsList());
        if (!node.proto().getName().isEmpty()) {
            heir.setName(node.proto().getName() + "_" + part.getOpType());
        }
        return heir.build();
    }
}
