package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Probe;
import io.tta4j.onnx.probe.Trial;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Opens the batch of a model that was exported with a fixed one.
 *
 * <p>Exporters write the batch into the shapes of Reshape and Expand, and repeat constants, such as a class token, for
 * each of its rows. Where that is all, it can be undone; what comes out is run on batches of several sizes, and on one
 * of the file's own size it must answer as the file does.
 */
public final class OpenBatch {

    private final Graph graph;
    private final long batch;
    private final Map<String, long[]> extents;
    private final GraphBuilder builder = new GraphBuilder("batch/");
    private final String rows;

    private OpenBatch(Graph graph, long batch, Map<String, long[]> extents) {
        this.graph = graph;
        this.batch = batch;
        this.extents = extents;
        String shape = builder.emit("Shape", List.of(graph.inputs().get(0).getName()));
        this.rows = builder.emit("Slice", List.of(shape, builder.longs(0), builder.longs(1), builder.longs(0)));
    }

    /**
     * The same model for batches of any size.
     *
     * @param name what messages call it
     * @param fixed the model as it is in the file
     * @param batch its batch
     * @param inputs what it is fed, the batch left open
     * @throws ModelException if its batch cannot be opened
     */
    public static Graph of(String name, Graph fixed, long batch, List<InputSpec> inputs) {
        Graph graph = Probe.foldConstants(fixed);
        int rows = Math.toIntExact(batch);
        Set<String> reshaped = new HashSet<>();
        graph.nodes().stream()
                .filter(node -> node.operator().equals("Reshape"))
                .forEach(node -> reshaped.add(node.input(0)));
        Trial own = Trial.of(graph, inputs, reshaped, rows).get(0);
        Graph opened = new OpenBatch(graph, batch, own.extents()).opened();
        List<Trial> trials;
        try {
            trials = Trial.of(opened, inputs, List.of(), rows, 2, 3, 5);
        } catch (ModelException e) {
            throw new ModelException(refusal(name, batch) + "it does not run on another: " + e.getMessage(), e);
        }
        if (!trials.get(0).agrees(own) || trials.stream().anyMatch(trial -> !trial.hasRowsAs(own))) {
            throw new ModelException(refusal(name, batch) + "with an open one it answers otherwise, because constants"
                    + " hold the rows of its batch");
        }
        return opened;
    }

    private static String refusal(String name, long batch) {
        return "'%s' has a fixed batch of %d; export the model with a dynamic batch axis: ".formatted(name, batch);
    }

    private Graph opened() {
        ModelProto.Builder model = graph.model().toBuilder();
        GraphProto.Builder opened = model.getGraphBuilder()
                .clearNode()
                .clearInput()
                .clearOutput()
                .clearValueInfo()
                .clearInitializer();
        graph.inputs().forEach(input -> opened.addInput(withOpenBatch(input)));
        graph.outputs()
                .forEach(output -> opened.addOutput(ValueInfoProto.newBuilder().setName(output.getName())));
        graph.nodes().forEach(this::copy);
        GraphProto nodes = builder.build(1, List.of()).getGraph();
        opened.addAllNode(nodes.getNodeList())
                .addAllInitializer(graph.initializers().values())
                .addAllInitializer(nodes.getInitializerList());
        return new Graph(model.build());
    }

    private static ValueInfoProto withOpenBatch(ValueInfoProto input) {
        ValueInfoProto.Builder opened = input.toBuilder();
        opened.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .setDimParam("batch");
        return opened.build();
    }

    private void copy(Node node) {
        NodeProto.Builder changed = node.proto().toBuilder();
        switch (node.operator()) {
            case "Reshape" -> graph.constant(node.input(1)).ifPresent(shape -> reshape(node, shape, changed));
            case "Expand" -> graph.constant(node.input(1)).ifPresent(shape -> changed.setInput(1, expand(shape)));
            case "Concat" -> {
                for (int i = 0;
                        node.integer("axis", 0) != 0 && i < node.inputs().size();
                        i++) {
                    int index = i;
                    graph.constant(node.input(i))
                            .filter(this::isRepeated)
                            .ifPresent(constant -> changed.setInput(index, repeat(constant)));
                }
            }
            default -> {
                // Every other operator takes the batch as it comes.
            }
        }
        builder.copy(changed.build());
    }

    /** The batch alone is taken from the input; what holds it as a factor is what the other extents leave. */
    private void reshape(Node node, TensorProto constant, NodeProto.Builder changed) {
        long[] shape = Tensors.integers(constant);
        long[] input = extents.getOrDefault(node.input(0), new long[0]);
        boolean empty =
                node.integer("allowzero", 0) != 0 && Arrays.stream(shape).anyMatch(extent -> extent == 0);
        if (empty || shape.length == 0 || input.length == 0 || shape[0] <= 0 || shape[0] % batch != 0) {
            return;
        }
        if (shape[0] == batch && input[0] == batch) {
            shape[0] = 0;
        } else {
            // What was left to be found out is written down, so that the batch can be.
            long elements = Arrays.stream(input).reduce(1, Math::multiplyExact);
            long given = 1;
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = shape[axis] == 0 ? input[axis] : shape[axis];
                given *= shape[axis] == -1 ? 1 : shape[axis];
            }
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = shape[axis] == -1 ? elements / given : shape[axis];
            }
            shape[0] = -1;
        }
        changed.setInput(1, builder.longs(shape)).clearAttribute();
    }

    private String expand(TensorProto constant) {
        long[] shape = Tensors.integers(constant);
        if (shape.length == 0 || shape[0] != batch) {
            return constant.getName();
        }
        return shape.length == 1 ? rows : withRows(Arrays.copyOfRange(shape, 1, shape.length));
    }

    private String withRows(long[] others) {
        return builder.emit("Concat", List.of(rows, builder.longs(others)), GraphBuilder.attribute("axis", 0));
    }

    /** Whether a constant holds the same row for each of the batch. */
    private boolean isRepeated(TensorProto constant) {
        if (!Tensors.isFloat(constant) || constant.getDimsCount() < 2 || constant.getDims(0) != batch) {
            return false;
        }
        ByteBuffer values = ByteBuffer.allocate(Tensors.elements(constant) * Float.BYTES);
        values.asFloatBuffer().put(Tensors.floats(constant));
        int row = values.capacity() / Math.toIntExact(batch);
        for (int i = 1; i < batch; i++) {
            if (!values.slice(i * row, row).equals(values.slice(0, row))) {
                return false;
            }
        }
        return true;
    }

    private String repeat(TensorProto constant) {
        String row = builder.emit(
                "Slice", List.of(constant.getName(), builder.longs(0), builder.longs(1), builder.longs(0)));
        long[] ones = new long[constant.getDimsCount() - 1];
        Arrays.fill(ones, 1);
        return builder.emit("Expand", List.of(row, withRows(ones)));
    }
}
