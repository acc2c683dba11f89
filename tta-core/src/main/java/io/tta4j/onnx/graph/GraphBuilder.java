package io.tta4j.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Writes a graph node by node. Tensors are named by the builder, with a prefix that no exporter uses. Equal small
 * constants are shared.
 *
 * <p>Emitted operators keep to forms that mean the same from opset 13 on, so that they can be joined to any such file.
 */
public final class GraphBuilder {

    /** What the names of all tensors that we add start with. */
    public static final String PREFIX = "tta4j/";

    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
    private final Map<List<Object>, String> constants = new HashMap<>();
    private final Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
    private final Map<String, ValueInfoProto> outputs = new LinkedHashMap<>();
    private final String prefix;
    private int names;

    public GraphBuilder() {
        this("");
    }

    /** A builder whose names differ from those of builders with other scopes, so that their graphs can be joined. */
    public GraphBuilder(String scope) {
        this.prefix = PREFIX + scope;
    }

    // ---- nodes

    /** Adds a node with one output and returns that output's name. */
    public String emit(String operator, List<String> inputs, AttributeProto... attributes) {
        return emit(operator, inputs, 1, attributes).get(0);
    }

    /** Adds a node with several outputs and returns their names. */
    public List<String> emit(String operator, List<String> inputs, int outputCount, AttributeProto... attributes) {
        List<String> results = new ArrayList<>();
        for (int i = 0; i < outputCount; i++) {
            results.add(prefix + operator + "_" + names++);
        }
        nodes.add(NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(inputs)
                .addAllOutput(results)
                .addAllAttribute(Arrays.asList(attributes))
                .build());
        return results;
    }

    /** Adds a node whose one output has a name of its own, and returns that name. */
    public String emitAs(String output, String operator, List<String> inputs, AttributeProto... attributes) {
        nodes.add(NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(Arrays.asList(attributes))
                .build());
        return output;
    }

    /** Adds a node as it is. */
    public void copy(NodeProto node) {
        nodes.add(node);
    }

    public String add(String a, String b) {
        return emit("Add", List.of(a, b));
    }

    public String subtract(String a, String b) {
        return emit("Sub", List.of(a, b));
    }

    public String multiply(String a, String b) {
        return emit("Mul", List.of(a, b));
    }

    public String multiply(String a, double scalar) {
        return multiply(a, scalar(scalar));
    }

    /** What a tensor of booleans lets through of another; zeros elsewhere. */
    public String masked(String tensor, String mask) {
        return multiply(tensor, toFloat(mask));
    }

    /** The same values as float32. */
    public String toFloat(String tensor) {
        return emit("Cast", List.of(tensor), attribute("to", TensorProto.DataType.FLOAT.getNumber()));
    }

    /** Whether each element is anything but zero. */
    public String toBoolean(String tensor) {
        return emit("Cast", List.of(tensor), attribute("to", TensorProto.DataType.BOOL.getNumber()));
    }

    public String divide(String a, String b) {
        return emit("Div", List.of(a, b));
    }

    /** Sums over axes. */
    public String sum(String tensor, boolean keepAxes, long... axes) {
        return axes.length == 0
                ? tensor
                : emit("ReduceSum", List.of(tensor, longs(axes)), attribute("keepdims", keepAxes ? 1 : 0));
    }

    public String reshape(String tensor, String shape) {
        return emit("Reshape", List.of(tensor, shape));
    }

    /** Reshapes to extents of which one may be -1 (what is left) and 0 copies the input's. */
    public String reshape(String tensor, long... shape) {
        return reshape(tensor, longs(shape));
    }

    /**
     * Permutes axes. What moves none is left out: up to 1.29, ONNX Runtime swaps the axes if it comes behind a Gemm.
     */
    public String transpose(String tensor, long... permutation) {
        return Arrays.equals(
                        permutation, LongStream.range(0, permutation.length).toArray())
                ? tensor
                : emit("Transpose", List.of(tensor), attribute("perm", permutation));
    }

    // ---- constants

    public String scalar(double value) {
        return constants.computeIfAbsent(
                List.of(value),
                key -> initializer(Tensors.of(prefix + "constant_" + names++, new float[] {(float) value})));
    }

    /** A one-dimensional int64 constant. */
    public String longs(long... values) {
        return constants.computeIfAbsent(
                List.of(Arrays.toString(values)),
                key -> initializer(Tensors.of(prefix + "constant_" + names++, values, values.length)));
    }

    public String floats(float[] values, long... shape) {
        return initializer(Tensors.of(prefix + "constant_" + names++, values, shape));
    }

    /** Adds a constant under its own name; the same name again is the same constant. */
    public String initializer(TensorProto tensor) {
        initializers.putIfAbsent(tensor.getName(), tensor);
        return tensor.getName();
    }

    // ---- inputs and outputs

    public String input(String name, TensorProto.DataType type, int rank) {
        inputs.put(name, value(name, type, rank));
        return name;
    }

    public void input(ValueInfoProto input) {
        inputs.put(input.getName(), input);
    }

    /** Declares an output. ONNX Runtime infers its type. */
    public void output(String tensor) {
        outputs.put(tensor, ValueInfoProto.newBuilder().setName(tensor).build());
    }

    /** Declares an output under a name of its own. */
    public void output(String tensor, String name) {
        nodes.add(NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(tensor)
                .addOutput(name)
                .build());
        output(name);
    }

    /** The model so far, importing the given operator sets. */
    public ModelProto build(long irVersion, List<OperatorSetIdProto> opsets) {
        return ModelProto.newBuilder()
                .setIrVersion(irVersion)
                .addAllOpsetImport(opsets)
                .setProducerName("tta4j")
                .setGraph(GraphProto.newBuilder()
                        .setName("tta4j")
                        .addAllNode(nodes)
                        .addAllInitializer(initializers.values())
                        .addAllInput(inputs.values())
                        .addAllOutput(outputs.values()))
                .build();
    }

    /**
     * The nodes so far in place of a graph's own; outputs and what else there is are the graph's, inputs and constants
     * those of both.
     */
    public Graph into(Graph original) {
        ModelProto.Builder model = original.model().toBuilder();
        model.getGraphBuilder()
                .clearNode()
                .addAllNode(nodes)
                .addAllInput(inputs.values())
                .addAllInitializer(initializers.values());
        return new Graph(model.build());
    }

    // ---- attributes

    public static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    public static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    public static AttributeProto attribute(String name, long[] values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    public static AttributeProto attribute(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /** An attribute that is a float. */
    public static AttributeProto real(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type, int rank) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < rank; axis++) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + "_" + axis));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }
}
