package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.TensorInfo;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Constants;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.SharedWeights;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Element types and shapes as ONNX Runtime infers them from a graph, without running it and without its weights.
 *
 * @param types the element types, by tensor
 * @param shapes the extents, by tensor; negative where they are not known
 */
record Types(Map<String, DataType> types, Map<String, long[]> shapes) {

    /** Larger constants are weights, of which nobody infers a shape. */
    private static final int SMALLEST_WEIGHTS = 256;

    /** The types of all tensors around some nodes. */
    static Types around(Graph graph, Collection<Node> nodes) {
        Map<String, DataType> types = new HashMap<>();
        Map<String, long[]> shapes = new HashMap<>();
        Set<String> asked = new LinkedHashSet<>();
        for (Node node : nodes) {
            node.inputs().stream()
                    .filter(input -> graph.producer(input).isPresent())
                    .forEach(asked::add);
            node.outputs().stream().filter(output -> !output.isEmpty()).forEach(asked::add);
        }
        for (ValueInfoProto input : graph.inputs()) {
            TypeProto.Tensor type = input.getType().getTensorType();
            types.put(input.getName(), dataType(type.getElemType()));
            if (type.hasShape()) {
                shapes.put(input.getName(), extents(type.getShape()));
            }
        }
        graph.initializers().forEach((name, tensor) -> {
            types.put(name, dataType(tensor.getDataType()));
            shapes.put(name, Tensors.shape(tensor));
        });
        try (NativeSession session =
                NativeSession.open(withoutWeights(graph, asked), Purpose.PROBING, 0, SharedWeights.none())) {
            for (String tensor : asked) {
                TensorInfo info = session.type(tensor);
                types.put(tensor, Constants.type(tensor, info.type));
                shapes.put(tensor, info.getShape());
            }
        }
        return new Types(types, shapes);
    }

    private static DataType dataType(int number) {
        return Objects.requireNonNullElse(DataType.forNumber(number), DataType.UNDEFINED);
    }

    private static long[] extents(TensorShapeProto shape) {
        return shape.getDimList().stream()
                .mapToLong(extent -> extent.hasDimValue() ? extent.getDimValue() : -1)
                .toArray();
    }

    /** Weights become inputs of the same shape: opening a session must not cost a copy of them. */
    private static ModelProto withoutWeights(Graph graph, Set<String> outputs) {
        ModelProto.Builder model = graph.model().toBuilder();
        GraphProto.Builder light = model.getGraphBuilder()
                .clearInitializer()
                .clearInput()
                .clearOutput()
                .clearValueInfo();
        graph.inputs().forEach(light::addInput);
        for (TensorProto tensor : graph.initializers().values()) {
            if (Tensors.elements(tensor) < SMALLEST_WEIGHTS) {
                light.addInitializer(tensor);
            } else {
                light.addInput(asInput(tensor));
            }
        }
        outputs.forEach(output -> light.addOutput(ValueInfoProto.newBuilder().setName(output)));
        return model.build();
    }

    private static ValueInfoProto asInput(TensorProto tensor) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        tensor.getDimsList()
                .forEach(extent -> shape.addDim(Dimension.newBuilder().setDimValue(extent)));
        return ValueInfoProto.newBuilder()
                .setName(tensor.getName())
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(tensor.getDataType())
                                .setShape(shape)))
                .build();
    }

    DataType type(String tensor) {
        return Objects.requireNonNull(types.get(tensor), () -> "no type of '" + tensor + "'");
    }

    /** The extents of a tensor, negative where they are not known. */
    long[] shape(String tensor) {
        return Objects.requireNonNull(shapes.get(tensor), () -> "no shape of '" + tensor + "'")
                .clone();
    }
}
