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
            Map.entry("Acos", Trigonometry::arcCosine),
            Map.entry("Acosh", Trigonometry::areaHyperbolicCosine),
            Map.entry("Add", Elementwise::add),
            Map.entry("Asin", Trigonometry::arcSine),
            Map.entry("Asinh", Trigonometry::areaHyperbolicSine),
            Map.entry("Atan", Trigonometry::arcTangent),
            Map.entry("Atanh", Trigonometry::areaHyperbolicTangent),
            Map.entry("AveragePool", Windows::averagePool),
            Map.entry("Cast", Layouts::cast),
            Map.entry("Celu", Rectifiers::celu),
            Map.entry("Clip", Rectifiers::clip),
            Map.entry("Col2Im", Windows::columnsToImage),
            Map.entry("Concat", Layouts::concat),
            Map.entry("Conv", Windows::convolution),
            Map.entry("ConvTranspose", Windows::transposedConvolution),
            Map.entry("Cos", Trigonometry::cosine),
            Map.entry("Cosh", Trigonometry::hyperbolicCosine),
            Map.entry("CumSum", Reductions::cumulativeSum),
            Map.entry("DepthToSpace", Layouts::depthToSpace),
            Map.entry("Div", Elementwise::divide),
            Map.entry("Dropout", Elementwise::identity),
            Map.entry("Einsum", Einsum::differentiate),
            Map.entry("Elu", Rectifiers::elu),
            Map.entry("Erf", Activations::erf),
            Map.entry("Exp", Elementwise::exponential),
            Map.entry("Expand", Layouts::expand),
            Map.entry("Flatten", Layouts::reshape),
            Map.entry("Gather", Indexing::gather),
            Map.entry("GatherElements", Indexing::gatherElements),
            Map.entry("GatherND", Indexing::gatherSlices),
            Map.entry("Gelu", Activations::gelu),
            Map.entry("Gemm", Products::gemm),
            Map.entry("GlobalAveragePool", Reductions::globalAveragePool),
            Map.entry("GlobalMaxPool", Reductions::globalMaxPool),
            Map.entry("HardSigmoid", Rectifiers::hardSigmoid),
            Map.entry("HardSwish", Rectifiers::hardSwish),
            Map.entry("Identity", Elementwise::identity),
            Map.entry("LeakyRelu", Rectifiers::leakyRelu),
            Map.entry("Log", Elementwise::logarithm),
            Map.entry("LogSoftmax", Activations::logSoftmax),
            Map.entry("LpNormalization", Reductions::normalization),
            Map.entry("MatMul", Products::matMul),
            Map.entry("Max", Elementwise::maximum),
            Map.entry("MaxPool", Windows::maxPool),
            Map.entry("Mean", Elementwise::mean),
            Map.entry("Min", Elementwise::minimum),
            Map.entry("Mish", Activations::mish),
            Map.entry("Mod", Elementwise::modulo),
            Map.entry("Mul", Elementwise::multiply),
            Map.entry("Neg", Elementwise::negate),
            Map.entry("PRelu", Rectifiers::parametricRelu),
            Map.entry("Pad", Layouts::pad),
            Map.entry("Pow", Elementwise::power),
            Map.entry("Reciprocal", Elementwise::reciprocal),
            Map.entry("ReduceL1", Reductions::absoluteSum),
            Map.entry("ReduceL2", Reductions::euclideanNorm),
            Map.entry("ReduceLogSum", Reductions::logSum),
            Map.entry("ReduceLogSumExp", Reductions::logSumExp),
            Map.entry("ReduceMax", Reductions::extremum),
            Map.entry("ReduceMean", Reductions::mean),
            Map.entry("ReduceMin", Reductions::extremum),
            Map.entry("ReduceSum", Reductions::sum),
            Map.entry("ReduceSumSquare", Reductions::squareSum),
            Map.entry("Relu", Rectifiers::relu),
            Map.entry("Reshape", Layouts::reshape),
            Map.entry("Resize", Resizing::resize),
            Map.entry("ScatterElements", Indexing::scatterElements),
            Map.entry("ScatterND", Indexing::scatterSlices),
            Map.entry("Selu", Rectifiers::selu),
            Map.entry("Shrink", Rectifiers::shrink),
            Map.entry("Sigmoid", Activations::sigmoid),
            Map.entry("Sin", Trigonometry::sine),
            Map.entry("Sinh", Trigonometry::hyperbolicSine),
            Map.entry("Slice", Layouts::slice),
            Map.entry("Softmax", Activations::softmax),
            Map.entry("Softplus", Activations::softplus),
            Map.entry("Softsign", Activations::softsign),
            Map.entry("SpaceToDepth", Layouts::spaceToDepth),
            Map.entry("Split", Layouts::split),
            Map.entry("Sqrt", Elementwise::squareRoot),
            Map.entry("Squeeze", Layouts::reshape),
            Map.entry("Sub", Elementwise::subtract),
            Map.entry("Sum", Elementwise::sum),
            Map.entry("Swish", Activations::swish),
            Map.entry("Tan", Trigonometry::tangent),
            Map.entry("Tanh", Activations::tanh),
            Map.entry("ThresholdedRelu", Rectifiers::thresholdedRelu),
            Map.entry("Tile", Layouts::tile),
            Map.entry("TopK", Indexing::top),
            Map.entry("Transpose", Layouts::transpose),
            Map.entry("Trilu", Layouts::triangle),
            Map.entry("Unsqueeze", Layouts::reshape),
            Map.entry("Where", Elementwise::where));

    /** Operators whose outputs do not change with small changes of their inputs. */
    private static final Set<String> PIECEWISE_CONSTANT = Set.of(
            "And",
            "ArgMax",
            "ArgMin",
            "BitShift",
            "BitwiseAnd",
            "BitwiseNot",
            "BitwiseOr",
            "BitwiseXor",
            "Ceil",
            "ConstantOfShape",
            "Equal",
            "EyeLike",
            "Floor",
            "Greater",
            "GreaterOrEqual",
            "Hardmax",
            "IsInf",
            "IsNaN",
            "Less",
            "LessOrEqual",
            "NonZero",
            "Not",
            "OneHot",
            "Or",
            "Range",
            "Round",
            "Shape",
            "Sign",
            "Size",
            "Xor");

    private static final Set<Long> FLOAT_TYPES = Set.of(
            (long) DataType.FLOAT.getNumber(),
            (long) DataType.DOUBLE.getNumber(),
            (long) DataType.FLOAT16.getNumber(),
            (long) DataType.BFLOAT16.getNumber());

    /** Operators that read of every input but the first only its shape, type or place: gradients pass the first. */
    private static final Set<String> FIRST_INPUT_ONLY = Set.of(
            "Col2Im",
            "CumSum",
            "Dropout",
            "Expand",
            "Gather",
            "GatherElements",
            "GatherND",
            "Reshape",
            "Resize",
            "Slice",
            "Split",
            "Squeeze",
            "Tile",
            "TopK",
            "Trilu",
            "Unsqueeze");

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
