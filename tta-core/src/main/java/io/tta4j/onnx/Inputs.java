package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Graph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a model is fed.
 *
 * @param specs by input, in the model's order
 */
record Inputs(List<InputSpec> specs) {

    /** @throws ModelException if an input cannot be fed, or has open extents that the options do not give */
    static Inputs of(String model, Graph graph, OnnxOptions options) {
        for (String named : options.inputShapes().keySet()) {
            if (graph.inputs().stream().noneMatch(input -> input.getName().equals(named))) {
                throw new ModelException("'%s': a shape is given for input '%s', but the inputs are %s"
                        .formatted(
                                model,
                                named,
                                graph.inputs().stream()
                                        .map(ValueInfoProto::getName)
                                        .toList()));
            }
        }
        return new Inputs(graph.inputs().stream()
                .map(input -> spec(model, input, options.inputShapes().get(input.getName())))
                .toList());
    }

    /**
     * The batch that a file is fixed to; empty where it is open.
     *
     * @throws ModelException if inputs are fixed to several
     */
    static OptionalLong fixedBatch(String model, Graph graph) {
        List<Long> batches = graph.inputs().stream()
                .map(input -> input.getType().getTensorType().getShape())
                .filter(shape -> shape.getDimCount() > 0 && shape.getDim(0).hasDimValue())
                .map(shape -> shape.getDim(0).getDimValue())
                .distinct()
                .toList();
        if (batches.size() > 1) {
            throw new ModelException(
                    "'%s': all inputs must have one batch axis, the first, but theirs are of extents %s"
                            .formatted(model, batches));
        }
        return batches.isEmpty() ? OptionalLong.empty() : OptionalLong.of(batches.get(0));
    }

    private static InputSpec spec(String model, ValueInfoProto input, @Nullable List<Long> trailing) {
        TypeProto.Tensor type = input.getType().getTensorType();
        List<Dimension> dimensions = type.getShape().getDimList();
        if (dimensions.isEmpty()) {
            throw new ModelException("'%s': input '%s' must have a batch axis, but is a scalar or has no shape"
                    .formatted(model, input.getName()));
        }
        if (trailing != null && trailing.size() != dimensions.size() - 1) {
            throw new ModelException("'%s': input '%s' has %d axes behind the batch, but extents are given for %d: %s"
                    .formatted(model, input.getName(), dimensions.size() - 1, trailing.size(), trailing));
        }
        List<Long> shape = new ArrayList<>();
        shape.add(InputSpec.ANY);
        for (int axis = 1; axis < dimensions.size(); axis++) {
            shape.add(extent(model, input, axis, trailing));
        }
        return new InputSpec(input.getName(), elementType(model, input.getName(), type.getElemType()), shape);
    }

    private static long extent(String model, ValueInfoProto input, int axis, @Nullable List<Long> trailing) {
        Dimension dimension = input.getType().getTensorType().getShape().getDim(axis);
        if (!dimension.hasDimValue() && trailing == null) {
            throw new ModelException(
                    "'%s': input '%s' leaves axis %d open ('%s'); give its extents behind the batch: inputShape in the options, --shape %s=... on the command line"
                            .formatted(model, input.getName(), axis, dimension.getDimParam(), input.getName()));
        }
        if (trailing == null) {
            return dimension.getDimValue();
        }
        long given = trailing.get(axis - 1);
        if (dimension.hasDimValue() && dimension.getDimValue() != given) {
            throw new ModelException("'%s': axis %d of input '%s' is of extent %d in the file, but %d is given"
                    .formatted(model, axis, input.getName(), dimension.getDimValue(), given));
        }
        return given;
    }

    private static ElementType elementType(String model, String input, int onnxType) {
        DataType type = Optional.ofNullable(DataType.forNumber(onnxType)).orElse(DataType.UNDEFINED);
        return switch (type) {
            case FLOAT -> ElementType.FLOAT32;
            case FLOAT16 -> ElementType.FLOAT16;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case UINT8 -> ElementType.UINT8;
            case BOOL -> ElementType.BOOL;
            default ->
                throw new ModelException(
                        "'%s': input '%s' must be float32, float16, int64, int32, uint8 or bool, but is %s"
                                .formatted(model, input, type));
        };
    }
}
