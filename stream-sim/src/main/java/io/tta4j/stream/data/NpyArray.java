package io.tta4j.stream.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A dense array in memory, in C order. Immutable. */
public final class NpyArray {

    private final String name;
    private final NpyType type;
    private final List<Integer> shape;
    private final ByteBuffer data;

    NpyArray(String name, NpyType type, List<Integer> shape, ByteBuffer data) {
        this.name = name;
        this.type = type;
        this.shape = List.copyOf(shape);
        this.data = data;
    }

    /**
     * A float32 array that holds a copy of {@code values}.
     *
     * @throws IllegalArgumentException if the shape asks for another number of values
     */
    public static NpyArray of(float[] values, int... shape) {
        ByteBuffer data = allocate(NpyType.FLOAT32, values.length, shape);
        data.asFloatBuffer().put(values);
        return array(NpyType.FLOAT32, data, shape);
    }

    /** An int64 array that holds a copy of {@code values}; as {@link #of(float[], int...)}. */
    public static NpyArray of(long[] values, int... shape) {
        ByteBuffer data = allocate(NpyType.INT64, values.length, shape);
        data.asLongBuffer().put(values);
        return array(NpyType.INT64, data, shape);
    }

    /** A uint8 array that holds a copy of {@code values}; as {@link #of(float[], int...)}. */
    public static NpyArray of(byte[] values, int... shape) {
        ByteBuffer data = allocate(NpyType.UINT8, values.length, shape);
        data.duplicate().put(values);
        return array(NpyType.UINT8, data, shape);
    }

    private static ByteBuffer allocate(NpyType type, int values, int... shape) {
        long needed = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        if (needed != values) {
            throw new IllegalArgumentException("an array of shape %s must have %d values, but had %d"
                    .formatted(Arrays.toString(shape), needed, values));
        }
        return ByteBuffer.allocate(Math.multiplyExact(values, type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static NpyArray array(NpyType type, ByteBuffer data, int... shape) {
        return new NpyArray("array", type, Arrays.stream(shape).boxed().toList(), data);
    }

    /** The name of the file, or of the file and the entry in it, for messages. */
    public String name() {
        return name;
    }

    /** The element type. */
    public NpyType type() {
        return type;
    }

    /** The extents; empty for a scalar. */
    public List<Integer> shape() {
        return shape;
    }

    /** The number of elements. */
    public int size() {
        return data.capacity() / type.bytes();
    }

    /** The bytes of all elements: a read-only little-endian view at position 0. */
    public ByteBuffer bytes() {
        return data.asReadOnlyBuffer().rewind().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The elements of a float32 array.
     *
     * @throws DataException if the type is another
     */
    public float[] floats() {
        requireType(NpyType.FLOAT32);
        float[] values = new float[size()];
        bytes().asFloatBuffer().get(values);
        return values;
    }

    /**
     * The elements of an array of integers of any width; uint8 as 0..255.
     *
     * @throws DataException if the type is a floating point type
     */
    public long[] integers() {
        ByteBuffer bytes = bytes();
        return switch (type) {
            case UINT8 ->
                IntStream.range(0, size())
                        .mapToLong(i -> Byte.toUnsignedLong(bytes.get(i)))
                        .toArray();
            case INT32 ->
                IntStream.range(0, size())
                        .mapToLong(i -> bytes.getInt(i * Integer.BYTES))
                        .toArray();
            case INT64 ->
                IntStream.range(0, size())
                        .mapToLong(i -> bytes.getLong(i * Long.BYTES))
                        .toArray();
            case FLOAT32, FLOAT64 -> throw new DataException(name + " must hold integers, but held " + type);
        };
    }

    /** The elements of an array of any type, widened or, for int64 beyond 2^53, rounded. */
    public double[] doubles() {
        ByteBuffer bytes = bytes();
        return switch (type) {
            case FLOAT32 ->
                IntStream.range(0, size())
                        .mapToDouble(i -> bytes.getFloat(i * Float.BYTES))
                        .toArray();
            case FLOAT64 ->
                IntStream.range(0, size())
                        .mapToDouble(i -> bytes.getDouble(i * Double.BYTES))
                        .toArray();
            case UINT8, INT32, INT64 ->
                Arrays.stream(integers()).asDoubleStream().toArray();
        };
    }

    /**
     * Checks the element type.
     *
     * @throws DataException if it is another
     */
    public void requireType(NpyType expected) {
        if (type != expected) {
            throw new DataException("%s must be %s, but was %s".formatted(name, expected, type));
        }
    }

    /** Writes the array as an {@code .npy} file; leaves {@code out} open. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(NpyHeader.encode(type, shape));
        WritableByteChannel channel = Channels.newChannel(out);
        ByteBuffer bytes = bytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The array's description, such as {@code fog.npy uint8[2000, 32, 32, 3]}. */
    @Override
    public String toString() {
        return name + " " + type + shape;
    }
}
