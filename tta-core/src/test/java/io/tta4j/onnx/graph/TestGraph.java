package io.tta4j.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A model as a user could have written it, node by node, with names of its own and seeded random weights. */
public final class TestGraph {

    private static final long IR_VERSION = 8;

    private final long opset;
    private final GraphBuilder builder = new GraphBuilder();
    private final Random random = new Random(11);
    private final String prefix;
    private int names;

    public TestGraph(long opset) {
        this(opset, "");
    }

    private TestGraph(long opset, String prefix) {
        this.opset = opset;
        this.prefix = prefix;
    }

    // ---- inputs and constants

    /** A float32 input [N, trailing...]. */
    public String input(String name, long... trailing) {
        return input(name, DataType.FLOAT, trailing);
    }

    public String input(String name, DataType type, long... trailing) {
        TensorShapeProto.Builder shape =
                TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("N"));
        Arrays.stream(trailing)
                .forEach(extent -> shape.addDim(Dimension.newBuilder().setDimValue(extent)));
        builder.input(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build());
        return name;
    }

    /** An input without axes, such as the step of a loop in its body. */
    public String scalar(String name, DataType type) {
        builder.input(ValueInfoProto.newBuilder()
                .setName(prefix + name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(TensorShapeProto.getDefaultInstance())))
                .build());
        return prefix + name;
    }

    public String constant(float[] values, long... shape) {
        return constant(next("constant"), values, shape);
    }

    public String constant(String name, float[] values, long... shape) {
        return builder.initializer(Tensors.of(name, values, shape));
    }

    public String filled(float value, long... shape) {
        float[] values = new float[size(shape)];
        Arrays.fill(values, value);
        return constant(values, shape);
    }

    /** A scalar. */
    public String number(float value) {
        return filled(value);
    }

    /** Weights from a normal distribution. */
    public String weights(long... shape) {
        return constant(normal(random, size(shape)), shape);
    }

    /** A one-dimensional int64 constant. */
    public String longs(long... values) {
        return longs(new long[] {values.length}, values);
    }

    public String longs(long[] shape, long... values) {
        return builder.initializer(Tensors.of(next("constant"), values, shape));
    }

    // ---- nodes

    public String node(String operator, List<String> inputs, AttributeProto... attributes) {
        return nodes(operator, inputs, 1, attributes).get(0);
    }

    public List<String> nodes(String operator, List<String> inputs, int outputs, AttributeProto... attributes) {
        List<String> results = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            results.add(next("t"));
        }
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator).addAllInput(inputs);
        builder.copy(node.addAllOutput(results)
                .addAllAttribute(Arrays.asList(attributes))
                .build());
        return results;
    }

    /** A node under an exporter's name. */
    public String named(String name, String operator, List<String> inputs, AttributeProto... attributes) {
        return node(NodeProto.newBuilder().setName(name), operator, inputs, attributes);
    }

    /** A node that already carries a name or metadata. */
    public String node(NodeProto.Builder start, String operator, List<String> inputs, AttributeProto... attributes) {
        String output = next("t");
        builder.copy(start.setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(Arrays.asList(attributes))
                .build());
        return output;
    }

    /** A node of the operators that ONNX Runtime contributes. */
    public List<String> contributed(String operator, List<String> inputs, int outputs, AttributeProto... attributes) {
        List<String> results = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            results.add(next("t"));
        }
        builder.copy(NodeProto.newBuilder()
                .setDomain("com.microsoft")
                .setOpType(operator)
                .addAllInput(inputs)
                .addAllOutput(results)
                .addAllAttribute(Arrays.asList(attributes))
                .build());
        return results;
    }

    /** The body of a branch or a loop, which may read this graph's tensors by their names. */
    public AttributeProto body(String attribute, Consumer<TestGraph> writer) {
        TestGraph body = new TestGraph(opset, next(attribute + "/"));
        writer.accept(body);
        return AttributeProto.newBuilder()
                .setName(attribute)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(body.model().getGraph())
                .build();
    }

    public void output(String tensor) {
        builder.output(tensor);
    }

    public void output(String tensor, String name) {
        builder.output(tensor, name);
    }

    public ModelProto model() {
        return builder.build(
                IR_VERSION,
                List.of(
                        OperatorSetIdProto.newBuilder().setVersion(opset).build(),
                        OperatorSetIdProto.newBuilder()
                                .setDomain("com.microsoft")
                                .setVersion(1)
                                .build()));
    }

    public Graph graph() {
        return new Graph(model());
    }

    // ---- attributes and values

    public static AttributeProto real(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    public static AttributeProto integers(String name, long... values) {
        return GraphBuilder.attribute(name, values);
    }

    public static AttributeProto tensor(String name, TensorProto value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value)
                .build();
    }

    public static float[] normal(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    public static int size(long... shape) {
        return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }

    /** A constant of bytes: bool or uint8. */
    public String bytes(DataType type, byte... values) {
        return builder.initializer(Tensors.of(next("constant"), type, ByteBuffer.wrap(values), values.length));
    }

    private String next(String kind) {
        return prefix + kind + names++;
    }
}
