package io.tta4j.onnx.probe;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Tensors;
import java.nio.ByteBuffer;

/** Turns computed native tensors into constants of a graph. */
public final class Constants {

    private Constants() {}

    static TensorProto of(String name, OnnxTensor tensor) {
        DataType type = type(name, tensor.getInfo().type);
        ByteBuffer bytes = tensor.getByteBuffer();
        return Tensors.of(name, type, bytes, tensor.getInfo().getShape());
    }

    /** ONNX's name of a tensor's element type. */
    public static DataType type(String name, OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> DataType.FLOAT;
            case DOUBLE -> DataType.DOUBLE;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
            case INT8 -> DataType.INT8;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOL;
            case FLOAT16 -> DataType.FLOAT16;
            default ->
                throw new ModelException(
                        "constant '" + name + "' must be a float, integer or bool tensor, but was " + type);
        };
    }
}
