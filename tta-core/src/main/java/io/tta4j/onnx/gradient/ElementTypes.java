package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The element types of a graph's tensors. What an operator does not say otherwise is of its first input's type. */
final class ElementTypes {

    private static final Set<String> COUNTING = Set.of("ArgMax", "ArgMin", "NonZero", "Shape", "Size");
    private static final Set<String> TESTING = Set.of(
            "And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor");

    /** Operators whose second output tells places in the first. */
    private static final Set<String> FINDING = Set.of("MaxPool", "TopK");

    private final Map<String, DataType> types = new HashMap<>();

    ElementTypes(Graph graph) {
        graph.inputs()
                .forEach(input -> types.put(
                        input.getName(), type(input.getType().getTensorType().getElemType())));
        graph.initializers().forEach((name, tensor) -> types.put(name, type(tensor.getDataType())));
        for (Node node : graph.nodes()) {
            DataType type = typeOf(node);
            node.outputs().forEach(output -> types.put(output, type));
            if (FINDING.contains(node.operator()) && node.outputs().size() > 1) {
                types.put(node.outputs().get(1), DataType.INT64);
            }
        }
    }

    /** The type of a tensor; float32 where nothing tells. */
    DataType of(String tensor) {
        return types.getOrDefault(tensor, DataType.FLOAT);
    }

    private DataType typeOf(Node node) {
        String operator = node.operator();
        if (COUNTING.contains(operator)) {
            return DataType.INT64;
        }
        if (TESTING.contains(operator)) {
            return DataType.BOOL;
        }
        return switch (operator) {
            case "Cast" -> type(Math.toIntExact(node.integer("to", DataType.FLOAT.getNumber())));
            case "ConstantOfShape" ->
                node.tensor("value")
                        .map(TensorProto::getDataType)
                        .map(ElementTypes::type)
                        .orElse(DataType.FLOAT);
            // What a body hands out has nothing to do with the condition or the count that comes first.
            case "DequantizeLinear", "If", "Loop", "Scan" -> DataType.FLOAT;
            case "OneHot" -> of(node.input(2));
            case "Where" -> of(node.input(1));
            default -> node.inputs().isEmpty() ? DataType.FLOAT : of(node.input(0));
        };
    }

    private static DataType type(int number) {
        DataType type = DataType.forNumber(number);
        return type == null ? DataType.UNDEFINED : type;
    }
}
