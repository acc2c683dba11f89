package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Node;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which rule goes with which operator. */
final class Rules {

    private static final Map<String, GradientRule> RULES = Map.ofEntries(
            Map.entry("Abs", Elementwise::absolute),
            Map.entry("Add", Elementwise::add),
            Map.entry("AveragePool", Windows::averagePool),
            Map.entry("Cast", Layouts::cast),
            Map.entry("Concat", Layouts::concat),
            Map.entry("Conv", Windows::convolution),
            Map.entry("Div", Elementwise::divide),
            Map.entry("Dropout", Elementwise::identity),
            Map.entry("Erf", Activations::erf),
            Map.entry("Exp", Elementwise::exponential),
            Map.entry("Expand", Layouts::expand),
            Map.entry("Flatten", Layouts::reshape),
            Map.entry("Gather", Layouts::gather),
            Map.entry("Gelu", Activations::gelu),
            Map.entry("Gemm", Products::gemm),
            Map.entry("GlobalAveragePool", Reductions::globalAveragePool),
            Map.entry("Identity", Elementwise::identity),
            Map.entry("Log", Elementwise::logarithm),
            Map.entry("LogSoftmax", Activations::logSoftmax),
            Map.entry("MatMul", Products::matMul),
            Map.entry("MaxPool", Windows::maxPool),
            Map.entry("Mul", Elementwise::multiply),
            Map.entry("Neg", Elementwise::negate),
            Map.entry("Pad", Layouts::pad),
            Map.entry("Pow", Elementwise::power),
            Map.entry("Reciprocal", Elementwise::reciprocal),
            Map.entry("ReduceMean", Reductions::mean),
            Map.entry("ReduceSum", Reductions::sum),
            Map.entry("Relu", Activations::relu),
            Map.entry("Reshape", Layouts::reshape),
            Map.entry("Sigmoid", Activations::sigmoid),
            Map.entry("Slice", Layouts::slice),
            Map.entry("Softmax", Activations::softmax),
            Map.entry("Split", Layouts::split),
            Map.entry("Sqrt", Elementwise::squareRoot),
            Map.entry("Squeeze", Layouts::reshape),
            Map.entry("Sub", Elementwise::subtract),
            Map.entry("Tanh", Activations::tanh),
            Map.entry("Transpose", Layouts::transpose),
            Map.entry("Unsqueeze", Layouts::reshape));

    /** Operators whose outputs do not change with small changes of their inputs. */
    private static final Set<String> PIECEWISE_CONSTANT = Set.of(
            "And",
            "ArgMax",
            "ArgMin",
            "Ceil",
            "ConstantOfShape",
            "Equal",
            "Floor",
            "Greater",
            "GreaterOrEqual",
            "IsInf",
            "IsNaN",
            "Less",
            "LessOrEqual",
            "NonZero",
            "Not",
            "Or",
            "Range",
            "Round",
            "Shape",
            "Sign",
            "Size");

    private static final Set<Long> FLOAT_TYPES = Set.of(
            (long) DataType.FLOAT.getNumber(),
            (long) DataType.DOUBLE.getNumber(),
            (long) DataType.FLOAT16.getNumber(),
            (long) DataType.BFLOAT16.getNumber());

    /** Operators that read of every input but the first only its shape, type or place: gradients pass the first. */
    private static final Set<String> FIRST_INPUT_ONLY =
            Set.of("Dropout", "Expand", "Gather", "Reshape", "Slice", "Split", "Squeeze", "Unsqueeze");

    private Rules() {}

    static Optional<GradientRule> of(Node node) {
        return Optional.ofNullable(RULES.get(node.operator()));
    }

    /** The inputs that gradients flow to, whether or not there is a rule for it. */
    static Collection<String> differentiableInputs(Node node) {
        boolean castToInteger = node.operator().equals("Cast") && !FLOAT_TYPES.contains(node.integer("to", 1));
        if (castToInteger || PIECEWISE_CONSTANT.contains(node.operator())) {
            return List.of();
        }
        return FIRST_INPUT_ONLY.contains(node.operator()) ? List.of(node.input(0)) : node.reads();
    }
}
