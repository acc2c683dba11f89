package io.tta4j.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Reads and writes the values of ONNX tensors, which the format stores in one of several fields. */
public final class Tensors {

    private Tensors() {}

    public static long[] shape(TensorProto tensor) {
        return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    }

    public static int elements(TensorProto tensor) {
        return Math.toIntExact(tensor.getDimsList().stream().reduce(1L, Math::multiplyExact));
    }

    public static boolean isFloat(TensorProto tensor) {
        return tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber();
    }

    /** The values of a float32 tensor. */
    public static float[] floats(TensorProto tensor) {
        if (!isFloat(tensor)) {
            throw new IllegalArgumentException("tensor '%s' must be float32, but was of ONNX type %d"
                    .formatted(tensor.getName(), tensor.getDataType()));
        }
        float[] values = new float[elements(tensor)];
        if (isRaw(tensor)) {
            raw(tensor).asFloatBuffer().get(values);
        } else {
            List<Float> data = tensor.getFloatDataList();
            for (int i = 0; i < values.length; i++) {
                values[i] = data.get(i);
            }
        }
        return values;
    }

    /** The values of an int64 or int32 tensor. */
    public static long[] integers(TensorProto tensor) {
        int size = elements(tensor);
        if (tensor.getDataType() == TensorProto.DataType.INT64.getNumber()) {
            if (isRaw(tensor)) {
                long[] values = new long[size];
                raw(tensor).asLongBuffer().get(values);
                return values;
            }
            return tensor.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
        }
        if (tensor.getDataType() == TensorProto.DataType.INT32.getNumber()) {
            if (isRaw(tensor)) {
                int[] values = new int[size];
                raw(tensor).asIntBuffer().get(values);
                return Arrays.stream(values).asLongStream().toArray();
            }
            return tensor.getInt32DataList().stream()
                    .mapToLong(Integer::longValue)
                    .toArray();
        }
        throw new IllegalArgumentException("tensor '%s' must be int64 or int32, but was of ONNX type %d"
                .formatted(tensor.getName(), tensor.getDataType()));
    }

    public static TensorProto of(String name, float[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return of(name, TensorProto.DataType.FLOAT, buffer, shape);
    }

    public static TensorProto of(String name, long[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(values);
        return of(name, TensorProto.DataType.INT64, buffer, shape);
    }

    /** A tensor of any type from its little-endian bytes. */
    public static TensorProto of(String name, TensorProto.DataType type, ByteBuffer bytes, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        Arrays.stream(shape).forEach(tensor::addDims);
        return tensor.setRawData(ByteString.copyFrom(bytes)).build();
    }

    private static boolean isRaw(TensorProto tensor) {
        return tensor.hasRawData() || FileValues.holds(tensor);
    }

    private static ByteBuffer raw(TensorProto tensor) {
        TensorProto loaded = FileValues.holds(tensor) ? FileValues.loaded(tensor) : tensor;
        return loaded.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
