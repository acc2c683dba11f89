package io.tta4j.onnx.graph;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Values of a large constant that stay in a file and are read when they are needed, so that a graph can be kept without
 * its weights.
 *
 * <p>The constant is what ONNX calls external data, with an absolute location; and where the file has the values in
 * another order, with the axes in which it has them.
 */
public final class FileValues {

    /** What is smaller, in bytes, is kept with the graph: rules look at it, and a handle would cost more than it. */
    public static final int SMALLEST = 1 << 16;

    private static final String LOCATION = "location";
    private static final String OFFSET = "offset";
    private static final String LENGTH = "length";
    private static final String AXES = "tta4j/axes";

    private FileValues() {}

    /** Whether a constant's values lie in a file. */
    public static boolean holds(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    /** A constant whose values are little-endian bytes of a file. */
    public static TensorProto of(TensorProto tensor, Path file, long offset, long length) {
        return with(
                tensor.toBuilder().clearRawData(),
                Map.of(
                        LOCATION,
                        file.toAbsolutePath().toString(),
                        OFFSET,
                        Long.toString(offset),
                        LENGTH,
                        Long.toString(length)));
    }

    /** What a tensor with external data says about it, as ONNX names it. */
    public static Map<String, String> entries(TensorProto tensor) {
        return tensor.getExternalDataList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    }

    /** Whether {@link #transposed} can be had: of elements that take four bytes. */
    public static boolean canBeTransposed(TensorProto tensor) {
        return holds(tensor)
                && (tensor.getDataType() == DataType.FLOAT.getNumber()
                        || tensor.getDataType() == DataType.INT32.getNumber());
    }

    /** The same values with axes permuted, which costs nothing until they are read. */
    public static TensorProto transposed(TensorProto tensor, String name, long[] permutation) {
        long[] before = axes(tensor);
        long[] shape = Tensors.shape(tensor);
        TensorProto.Builder moved = tensor.toBuilder().setName(name).clearDims();
        LongStream.of(permutation).forEach(axis -> moved.addDims(shape[(int) axis]));
        Map<String, String> entries = entries(tensor);
        entries.put(
                AXES,
                LongStream.of(permutation)
                        .map(axis -> before[(int) axis])
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(",")));
        return with(moved, entries);
    }

    /** The values themselves in the place of the file's. */
    public static TensorProto loaded(TensorProto tensor) {
        ByteBuffer values = ByteBuffer.allocate(length(tensor));
        read(tensor, values);
        return tensor.toBuilder()
                .clearExternalData()
                .clearDataLocation()
                .setRawData(ByteString.copyFrom(values.flip()))
                .build();
    }

    /** The file that has the values. */
    public static Path file(TensorProto tensor) {
        return Path.of(entries(tensor).getOrDefault(LOCATION, ""));
    }

    /** How many bytes the values take. */
    public static int length(TensorProto tensor) {
        return Integer.parseInt(entries(tensor).getOrDefault(LENGTH, ""));
    }

    /**
     * Reads the values.
     *
     * @throws UncheckedIOException if the file cannot be read
     */
    public static void read(TensorProto tensor, ByteBuffer target) {
        Map<String, String> entries = entries(tensor);
        long offset = Long.parseLong(entries.getOrDefault(OFFSET, ""));
        long[] axes = axes(tensor);
        ByteBuffer values = target.slice(target.position(), length(tensor)).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file(tensor))) {
            if (IntStream.range(0, axes.length).allMatch(axis -> axes[axis] == axis)) {
                fill(values, channel, offset);
            } else {
                permute(channel, offset, Tensors.shape(tensor), axes, values.asIntBuffer());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the weights '%s'".formatted(tensor.getName()), e);
        }
        target.position(target.position() + values.limit());
    }

    private static void fill(ByteBuffer target, FileChannel channel, long offset) throws IOException {
        int start = target.position();
        while (target.hasRemaining()) {
            if (channel.read(target, offset + target.position() - start) < 0) {
                throw new EOFException("the file ends within them");
            }
        }
    }

    /**
     * Puts values into the order of their axes, piece by piece as they come from the file.
     *
     * @param shape the shape to come
     * @param axes which stored axis each of its axes is
     */
    private static void permute(FileChannel channel, long offset, long[] shape, long[] axes, IntBuffer target)
            throws IOException {
        int rank = shape.length;
        int[] extents = new int[rank];
        int[] strides = new int[rank];
        int stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            extents[(int) axes[axis]] = Math.toIntExact(shape[axis]);
            strides[(int) axes[axis]] = stride;
            stride *= Math.toIntExact(shape[axis]);
        }
        int last = rank - 1;
        ByteBuffer line = ByteBuffer.allocate(extents[last] * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] index = new int[rank];
        int lines = target.capacity() / extents[last];
        for (int read = 0; read < lines; read++) {
            fill(line.clear(), channel, offset + (long) read * line.capacity());
            int to = 0;
            for (int axis = 0; axis < last; axis++) {
                to += index[axis] * strides[axis];
            }
            for (int i = 0; i < extents[last]; i++) {
                target.put(to + i * strides[last], line.getInt(i * Integer.BYTES));
            }
            for (int axis = last - 1; axis >= 0 && ++index[axis] == extents[axis]; axis--) {
                index[axis] = 0;
            }
        }
    }

    private static long[] axes(TensorProto tensor) {
        String axes = entries(tensor).get(AXES);
        return axes == null
                ? LongStream.range(0, tensor.getDimsCount()).toArray()
                : Arrays.stream(axes.split(",")).mapToLong(Long::parseLong).toArray();
    }

    private static TensorProto with(TensorProto.Builder tensor, Map<String, String> entries) {
        List<StringStringEntryProto> data = entries.entrySet().stream()
                .map(entry -> StringStringEntryProto.newBuilder()
                        .setKey(entry.getKey())
                        .setValue(entry.getValue())
                        .build())
                .toList();
        return tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .clearExternalData()
                .addAllExternalData(data)
                .build();
    }
}
