package io.tta4j.stream.cli;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A classifier small enough to write by hand: image [N, 3, 2, 2], flattened, two linear layers with a layer norm
 * between them, three classes. Random weights of a fixed seed.
 */
final class TinyOnnx {

    private static final int FEATURES = 12;
    private static final int HIDDEN = 6;
    private static final int CLASSES = 3;

    private TinyOnnx() {}

    /** The classifier as it is: its output is logits. */
    static byte[] logits() {
        return model("Identity", "Identity");
    }

    /** The classifier with an operator of one input and one output behind the layer norm and another at the end. */
    static byte[] model(String activation, String last) {
        GraphProto graph = GraphProto.newBuilder()
                .setName("tiny")
                .addInput(value("image", 3, 2, 2))
                .addOutput(value("output", CLASSES))
                .addInitializer(weights("embed.weight", 1, FEATURES, HIDDEN))
                .addInitializer(weights("norm.weight", 2, HIDDEN))
                .addInitializer(weights("norm.bias", 3, HIDDEN))
                .addInitializer(weights("classifier.weight", 4, HIDDEN, CLASSES))
                .addNode(node("/Flatten", "Flatten", List.of("image"), "flat"))
                .addNode(node("/embed/MatMul", "MatMul", List.of("flat", "embed.weight"), "hidden"))
                .addNode(node(
                        "/norm/LayerNormalization",
                        "LayerNormalization",
                        List.of("hidden", "norm.weight", "norm.bias"),
                        "normalised"))
                .addNode(node("/act/" + activation, activation, List.of("normalised"), "active"))
                .addNode(node("/classifier/MatMul", "MatMul", List.of("active", "classifier.weight"), "scores"))
                .addNode(node("/last/" + last, last, List.of("scores"), "output"))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    /** The classifier with a ReLU behind the layer norm, changed. */
    static byte[] with(Consumer<GraphProto.Builder> change) {
        try {
            ModelProto.Builder model = ModelProto.parseFrom(model("Relu", "Identity")).toBuilder();
            change.accept(model.getGraphBuilder());
            return model.addOpsetImport(
                            OperatorSetIdProto.newBuilder().setDomain("acme").setVersion(1))
                    .build()
                    .toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Puts a QuantizeLinear and a DequantizeLinear behind the ReLU. */
    static void quantizeBehindTheNorm(GraphProto.Builder graph) {
        graph.addInitializer(weights("scale", 5, 1).toBuilder().clearDims());
        graph.getNodeBuilder(4).setInput(0, "restored");
        graph.addNode(4, node("/dequantize", "DequantizeLinear", List.of("quantized", "scale"), "restored"));
        graph.addNode(4, node("/quantize", "QuantizeLinear", List.of("active", "scale"), "quantized"));
    }

    private static NodeProto node(String name, String operator, List<String> inputs, String output) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setName(name)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output);
        if (operator.equals("LayerNormalization") || operator.equals("Softmax")) {
            node.addAttribute(AttributeProto.newBuilder()
                    .setName("axis")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(-1));
        }
        return node.build();
    }

    private static TensorProto weights(String name, long seed, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        SplittableRandom random = new SplittableRandom(seed);
        long values = 1;
        for (long extent : shape) {
            tensor.addDims(extent);
            values *= extent;
        }
        for (int i = 0; i < values; i++) {
            tensor.addFloatData((float) (2 * random.nextDouble() - 1));
        }
        return tensor.build();
    }

    private static ValueInfoProto value(String name, long... trailing) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
        for (long extent : trailing) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
        }
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(shape)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
