package io.tta4j.onnx.rewrite;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Constants;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.SessionSettings;
import io.tta4j.onnx.session.SharedWeights;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Element types as ONNX Runtime infers them from a graph, without running it and without its weights.
 *
 * @param byTensor the types around some nodes
 */
record Types(Map<String, DataType> byTensor) {

    /** Larger constants are weights, on which no type depends. */
    private static final int SMALLEST_WEIGHTS = 256;

    /** The types of all tensors around some nodes. */
    static Types around(Graph graph, Collection<Node> nodes) {
        Map<String, DataType> types = new HashMap<>();
        Set<String> asked = new LinkedHashSet<>();
        for (Node node : nodes) {
            node.inputs().stream()
                    .filter(input -> graph.producer(input).isPresent())
                    .forEach(asked::add);
            node.outputs().stream().filter(output -> !output.isEmpty()).forEach(asked::add);
        }
        for (ValueInfoProto input : graph.inputs()) {
            types.put(input.getName(), dataType(input.getType().getTensorType().getElemType()));
        }
        graph.initializers().forEach((name, tensor) -> types.put(name, dataType(tensor.getDataType())));
        try (NativeSession session = NativeSession.open(
                withoutWeights(graph, asked), Purpose.PROBING, SessionSettings.onProcessor(0), SharedWeights.none())) {
            for (String tensor : asked) {
                types.put(tensor, Constants.type(tensor, session.elementType(tensor)));
            }
        }
        return new Types(types);
    }

    private static DataType dataType(int number) {
        return Objects.requireNonNullElse(DataType.forNumber(number), DataType.UNDEFINED);
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
        return Objects.requireNonNull(byTensor.get(tensor), () -> "no type of '" + tensor + "'");
    }
}
