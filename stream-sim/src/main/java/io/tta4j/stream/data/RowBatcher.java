package io.tta4j.stream.data;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes batches of rows for a model of one or more inputs: each takes the array of its name, and arrays that no input
 * takes are left out. int32 becomes int64 where the model wants that.
 */
public final class RowBatcher implements Batcher {

    private final RowFormat format;
    private final List<Feed> feeds;
    private int rows;

    private RowBatcher(RowFormat format, List<Feed> feeds) {
        this.format = format;
        this.feeds = feeds;
    }

    /**
     * A batcher for rows of one format.
     *
     * @param capacity the largest number of samples in a batch
     * @throws IllegalArgumentException if there is no array for an input, or one of another type or shape
     */
    public static RowBatcher of(AdaptableModel model, RowFormat format, int capacity) {
        List<Feed> feeds = new ArrayList<>();
        for (InputSpec input : model.inputs()) {
            feeds.add(Feed.of(input, format, capacity));
        }
        return new RowBatcher(format, feeds);
    }

    @Override
    public void begin() {
        feeds.forEach(feed -> feed.target.clear());
        rows = 0;
    }

    @Override
    public void add(byte[] sample) {
        if (sample.length != format.bytes()) {
            throw new IllegalArgumentException(
                    "a sample must have %d bytes, but had %d".formatted(format.bytes(), sample.length));
        }
        ByteBuffer bytes = ByteBuffer.wrap(sample).order(ByteOrder.LITTLE_ENDIAN);
        feeds.forEach(feed -> feed.add(bytes));
        rows++;
    }

    @Override
    public Batch batch() {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        feeds.forEach(feed -> inputs.put(feed.input.name(), feed.tensor(rows)));
        return Batch.of(inputs);
    }

    /** What one input is fed from. */
    private record Feed(InputSpec input, RowFormat.Column column, int offset, ByteBuffer target) {

        static Feed of(InputSpec input, RowFormat format, int capacity) {
            int offset = 0;
            for (RowFormat.Column column : format.columns()) {
                if (column.name().equals(input.name())) {
                    requireFits(input, column);
                    long bytes =
                            (long) capacity * column.values() * input.type().bytes();
                    ByteBuffer target =
                            ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
                    return new Feed(input, column, offset, target);
                }
                offset += column.bytes();
            }
            throw new IllegalArgumentException("data must have an array for the model's input '%s' %s, but had %s"
                    .formatted(input.name(), input, format));
        }

        private static void requireFits(InputSpec input, RowFormat.Column column) {
            boolean fits = becomes(column.type(), input.type())
                    && input.shape().size() == column.shape().size() + 1;
            for (int axis = 1; fits && axis < input.shape().size(); axis++) {
                long expected = input.shape().get(axis);
                fits = expected == InputSpec.ANY || expected == column.shape().get(axis - 1);
            }
            if (!fits) {
                throw new IllegalArgumentException(
                        "data must fit the model's input '%s' %s, but was %s".formatted(input.name(), input, column));
            }
        }

        private static boolean becomes(NpyType from, ElementType to) {
            return switch (from) {
                case INT32 -> to == ElementType.INT32 || to == ElementType.INT64;
                case INT64 -> to == ElementType.INT64;
                case FLOAT32 -> to == ElementType.FLOAT32;
                case UINT8 -> to == ElementType.UINT8 || to == ElementType.BOOL;
                case FLOAT64 -> false;
            };
        }

        void add(ByteBuffer sample) {
            for (int i = 0; i < column.values(); i++) {
                int from = offset + i * column.type().bytes();
                switch (input.type()) {
                    case INT64 ->
                        target.putLong(column.type() == NpyType.INT32 ? sample.getInt(from) : sample.getLong(from));
                    case INT32 -> target.putInt(sample.getInt(from));
                    case FLOAT32 -> target.putFloat(finite(sample.getFloat(from)));
                    case UINT8, BOOL -> target.put(sample.get(from));
                    case FLOAT16 -> throw new AssertionError("no array becomes FLOAT16");
                }
            }
        }

        private float finite(float value) {
            if (!Float.isFinite(value)) {
                throw new DataException("%s must hold finite values, but held %s".formatted(column.name(), value));
            }
            return value;
        }

        Tensor tensor(int rows) {
            long[] shape = new long[column.shape().size() + 1];
            shape[0] = rows;
            for (int axis = 1; axis < shape.length; axis++) {
                shape[axis] = column.shape().get(axis - 1);
            }
            ByteBuffer filled = target.slice(0, target.position()).order(ByteOrder.nativeOrder());
            return Tensor.of(input.type(), filled, shape);
        }
    }
}
