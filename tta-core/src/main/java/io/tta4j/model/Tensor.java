package io.tta4j.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A dense row-major tensor over a direct buffer in native byte order; the first axis counts the rows (samples).
 *
 * <p>An engine reads the buffer in place, so nothing is copied on the way to it. The contents must not change while a
 * pass over the tensor is open. Instances are safe to share between threads under that condition.
 */
public final class Tensor {

    private final ElementType type;
    private final long[] shape;
    private final ByteBuffer data;

    private Tensor(ElementType type, long[] shape, ByteBuffer data) {
        this.type = type;
        this.shape = shape;
        this.data = data;
    }

    /**
     * A tensor over the remaining bytes of {@code data}. A direct buffer in native order is used in place; any other is
     * copied once.
     *
     * @param type the element type
     * @param data the elements, row-major
     * @param shape the extents, the row axis first; at least one axis and one row
     * @throws IllegalArgumentException if the shape has no axis or an extent below one, or the buffer holds another
     *     number of bytes than the shape needs
     */
    public static Tensor of(ElementType type, ByteBuffer data, long... shape) {
        long elements = elements(shape);
        if (elements * type.bytes() != data.remaining()) {
            throw new IllegalArgumentException("a %s tensor of shape %s must have %d bytes, but had %d"
                    .formatted(type, Arrays.toString(shape), elements * type.bytes(), data.remaining()));
        }
        boolean usable = data.isDirect() && data.order() == ByteOrder.nativeOrder();
        return new Tensor(type, shape.clone(), usable ? data.slice().order(ByteOrder.nativeOrder()) : direct(data));
    }

    /**
     * A float32 tensor that holds a copy of {@code values}.
     *
     * @throws IllegalArgumentException as {@link #of(ElementType, ByteBuffer, long...)}
     */
    public static Tensor of(float[] values, long... shape) {
        ByteBuffer buffer = allocate((long) values.length * Float.BYTES);
        buffer.asFloatBuffer().put(values);
        return of(ElementType.FLOAT32, buffer, shape);
    }

    /** An int64 tensor that holds a copy of {@code values}. */
    public static Tensor of(long[] values, long... shape) {
        ByteBuffer buffer = allocate((long) values.length * Long.BYTES);
        buffer.asLongBuffer().put(values);
        return of(ElementType.INT64, buffer, shape);
    }

    public ElementType type() {
        return type;
    }

    /** A copy of the extents. */
    public long[] shape() {
        return shape.clone();
    }

    /** The extent of the first axis. */
    public int rows() {
        return Math.toIntExact(shape[0]);
    }

    /** The bytes of all rows: a view at position 0 over the shared direct memory, in native order. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.nativeOrder());
    }

    /**
     * The elements as floats: a view at position 0 over the shared direct memory.
     *
     * @throws IllegalStateException if the element type is not float32
     */
    public FloatBuffer floats() {
        if (type != ElementType.FLOAT32) {
            throw new IllegalStateException("the element type must be FLOAT32, but was " + type);
        }
        return data().asFloatBuffer();
    }

    /**
     * A tensor that holds a copy of the given rows, in the order given.
     *
     * @throws IndexOutOfBoundsException if a row is not in 0..{@code rows()-1}
     * @throws IllegalArgumentException if there is no row
     */
    public Tensor select(int... rows) {
        int bytesPerRow = data.capacity() / rows();
        ByteBuffer selected = allocate((long) rows.length * bytesPerRow);
        for (int i = 0; i < rows.length; i++) {
            int row = Objects.checkIndex(rows[i], rows());
            selected.put(i * bytesPerRow, data, row * bytesPerRow, bytesPerRow);
        }
        long[] selectedShape = shape.clone();
        selectedShape[0] = rows.length;
        return of(type, selected, selectedShape);
    }

    /**
     * A tensor over some rows of the same memory; nothing is copied.
     *
     * @throws IndexOutOfBoundsException if the rows are not in 0..{@code rows()}
     * @throws IllegalArgumentException if there is none
     */
    public Tensor slice(int from, int to) {
        Objects.checkFromToIndex(from, to, rows());
        int bytesPerRow = data.capacity() / rows();
        long[] sliceShape = shape.clone();
        sliceShape[0] = (long) to - from;
        return of(
                type,
                data.slice(from * bytesPerRow, (to - from) * bytesPerRow).order(ByteOrder.nativeOrder()),
                sliceShape);
    }

    /** The rows of several tensors of one type and trailing shape, one after the other, copied. */
    static Tensor concatenate(List<Tensor> parts) {
        Tensor first = parts.get(0);
        long[] shape = first.shape();
        shape[0] = 0;
        long bytes = 0;
        for (Tensor part : parts) {
            long[] other = part.shape();
            shape[0] += other[0];
            other[0] = first.shape[0];
            if (part.type != first.type || !Arrays.equals(other, first.shape)) {
                throw new IllegalArgumentException(
                        "tensors must be of one type and trailing shape to be joined, but were %s and %s"
                                .formatted(first, part));
            }
            bytes += part.data.capacity();
        }
        ByteBuffer joined = allocate(bytes);
        parts.forEach(part -> joined.put(part.data()));
        return of(first.type, joined.flip(), shape);
    }

    private static long elements(long[] shape) {
        if (shape.length == 0 || Arrays.stream(shape).anyMatch(extent -> extent < 1)) {
            throw new IllegalArgumentException(
                    "a shape must have at least one axis and every extent at least 1, but was "
                            + Arrays.toString(shape));
        }
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    private static ByteBuffer allocate(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer direct(ByteBuffer source) {
        if (source.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("a tensor's buffer must be in native byte order "
                    + ByteOrder.nativeOrder() + ", but was " + source.order());
        }
        return allocate(source.remaining()).put(source.duplicate()).flip();
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
