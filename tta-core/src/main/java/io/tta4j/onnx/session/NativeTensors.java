package io.tta4j.onnx.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.ElementType;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Crossings between our tensors and ONNX Runtime's. */
public final class NativeTensors {

    private NativeTensors() {}

    /** A native view of a tensor: the same memory, nothing copied. To be closed by the caller. */
    public static OnnxTensor view(Tensor tensor) {
        try {
            return OnnxTensor.createTensor(
                    NativeSession.environment(), tensor.data(), tensor.shape(), nativeType(tensor.type()));
        } catch (OrtException e) {
            throw new IllegalArgumentException("ONNX Runtime refuses an input of " + tensor, e);
        }
    }

    static OnnxTensor view(FloatBuffer direct, long... shape) {
        try {
            return OnnxTensor.createTensor(NativeSession.environment(), direct, shape);
        } catch (OrtException e) {
            throw new IllegalArgumentException("ONNX Runtime refuses a float tensor", e);
        }
    }

    static FloatBuffer direct(int elements) {
        return ByteBuffer.allocateDirect(elements * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /**
     * The values of a float output.
     *
     * @throws ModelException if it is of another type
     */
    public static float[] floats(OrtSession.Result result, String output) {
        OnnxTensor tensor = tensor(result, output);
        FloatBuffer buffer = tensor.getFloatBuffer();
        if (buffer == null) {
            throw new ModelException("tensor '%s' must be float32, but is %s".formatted(output, tensor.getInfo().type));
        }
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    /** The values of a float output of rank two. */
    public static Matrix matrix(OrtSession.Result result, String output) {
        long[] shape = tensor(result, output).getInfo().getShape();
        return Matrix.of(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), floats(result, output));
    }

    /** The values of a float output of any rank, each {@code width} of them a row. */
    public static Matrix rows(OrtSession.Result result, String output, int width) {
        float[] values = floats(result, output);
        return Matrix.of(values.length / width, width, values);
    }

    /** An output as it lies in native memory, owned by the result. */
    public static OnnxTensor tensor(OrtSession.Result result, String output) {
        return (OnnxTensor) result.get(output)
                .orElseThrow(() -> new IllegalArgumentException("no output '" + output + "' was asked for"));
    }

    private static OnnxJavaType nativeType(ElementType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case INT64 -> OnnxJavaType.INT64;
            case INT32 -> OnnxJavaType.INT32;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
        };
    }
}
