package io.tta4j.stream.data;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Makes batches of images for a model, one after another, in one direct buffer: a batch is valid until the next one is
 * begun. Not safe for use by many threads.
 */
public final class ImageBatcher {

    private final InputSpec input;
    private final ImageShape shape;
    private final float[][] table;
    private final ByteBuffer buffer;
    private final FloatBuffer floats;

    private ImageBatcher(InputSpec input, ImageShape shape, float[][] table, ByteBuffer buffer) {
        this.input = input;
        this.shape = shape;
        this.table = table;
        this.buffer = buffer;
        this.floats = buffer.asFloatBuffer();
    }

    /**
     * A batcher for images of one shape.
     *
     * @param capacity the largest number of images in a batch
     * @throws IllegalArgumentException if the model does not take one float32 input [N, channels, height, width] of the
     *     images' shape, or the preprocessing is for another number of channels
     */
    public static ImageBatcher of(AdaptableModel model, ImageShape shape, Preprocessing preprocessing, int capacity) {
        if (model.inputs().size() != 1) {
            throw new IllegalArgumentException("a model of images must have one input, but had " + model.inputs());
        }
        InputSpec input = model.inputs().get(0);
        if (!accepts(input, shape)) {
            throw new IllegalArgumentException(
                    "images must fit the model's input '%s' %s, but were %s (height x width x channels)"
                            .formatted(input.name(), input, shape));
        }
        long bytes = (long) capacity * shape.values() * Float.BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a batch must take at most %d bytes, but %d images of %s take %d"
                    .formatted(Integer.MAX_VALUE, capacity, shape, bytes));
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
        return new ImageBatcher(input, shape, preprocessing.table(shape.channels()), buffer);
    }

    private static boolean accepts(InputSpec input, ImageShape shape) {
        return input.type() == ElementType.FLOAT32
                && input.shape().size() == 4
                && accepts(input, 1, shape.channels())
                && accepts(input, 2, shape.height())
                && accepts(input, 3, shape.width());
    }

    private static boolean accepts(InputSpec input, int axis, int extent) {
        long expected = input.shape().get(axis);
        return expected == InputSpec.ANY || expected == extent;
    }

    /** Begins the next batch; the one before is no longer valid. */
    public void begin() {
        floats.clear();
    }

    /**
     * Adds an image to the batch.
     *
     * @param pixels HWC, as many as the shape has values
     */
    public void add(byte[] pixels) {
        if (pixels.length != shape.values()) {
            throw new IllegalArgumentException(
                    "an image must have %d values, but had %d".formatted(shape.values(), pixels.length));
        }
        Preprocessing.append(pixels, table, floats);
    }

    /** The images added since {@link #begin}; at least one. */
    public Batch batch() {
        int rows = floats.position() / shape.values();
        ByteBuffer filled = buffer.slice(0, floats.position() * Float.BYTES).order(ByteOrder.nativeOrder());
        Tensor tensor = Tensor.of(ElementType.FLOAT32, filled, rows, shape.channels(), shape.height(), shape.width());
        return Batch.of(input.name(), tensor);
    }
}
