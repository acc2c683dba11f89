package io.tta4j.stream.data;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Makes batches of images for a model, one after another, in one direct buffer: a batch is valid until the next one is
 * begun. Not safe for use by many threads.
 */
public final class ImageBatcher implements Batcher {

    private final InputSpec input;
    private final ImageShape shape;
    private final Preprocessing preprocessing;
    private final float[][] table;
    private final ByteBuffer buffer;
    private final FloatBuffer floats;

    private ImageBatcher(InputSpec input, ImageShape shape, Preprocessing preprocessing, ByteBuffer buffer) {
        this.input = input;
        this.shape = shape;
        this.preprocessing = preprocessing;
        this.table = preprocessing.table(shape.channels());
        this.buffer = buffer;
        this.floats = buffer.asFloatBuffer();
    }

    /**
     * A batcher for images of one shape.
     *
     * @param capacity the largest number of images in a batch
     * @throws IllegalArgumentException if the model does not take one float32 input of the images' shape, in the
     *     preprocessing's layout, or the preprocessing is for another number of channels
     */
    public static ImageBatcher of(AdaptableModel model, ImageShape shape, Preprocessing preprocessing, int capacity) {
        if (model.inputs().size() != 1) {
            throw new IllegalArgumentException("a model of images must have one input, but had " + model.inputs());
        }
        InputSpec input = model.inputs().get(0);
        if (!accepts(input, extents(shape, preprocessing.layout()))) {
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
        return new ImageBatcher(input, shape, preprocessing, buffer);
    }

    /** The extents of an image as an input, behind the batch axis. */
    private static List<Integer> extents(ImageShape shape, Layout layout) {
        return switch (layout) {
            case NCHW -> List.of(shape.channels(), shape.height(), shape.width());
            case NHWC -> List.of(shape.height(), shape.width(), shape.channels());
        };
    }

    private static boolean accepts(InputSpec input, List<Integer> extents) {
        boolean fits = input.type() == ElementType.FLOAT32 && input.shape().size() == extents.size() + 1;
        for (int axis = 0; fits && axis < extents.size(); axis++) {
            long expected = input.shape().get(axis + 1);
            fits = expected == InputSpec.ANY || expected == extents.get(axis);
        }
        return fits;
    }

    @Override
    public void begin() {
        floats.clear();
    }

    /**
     * Adds an image to the batch.
     *
     * @param pixels HWC, as many as the shape has values
     */
    @Override
    public void add(byte[] pixels) {
        if (pixels.length != shape.values()) {
            throw new IllegalArgumentException(
                    "an image must have %d values, but had %d".formatted(shape.values(), pixels.length));
        }
        int channels = shape.channels();
        switch (preprocessing.layout()) {
            case NCHW -> {
                for (int channel = 0; channel < channels; channel++) {
                    float[] inputs = table[channel];
                    for (int i = source(channel); i < pixels.length; i += channels) {
                        floats.put(inputs[Byte.toUnsignedInt(pixels[i])]);
                    }
                }
            }
            case NHWC -> {
                for (int pixel = 0; pixel < pixels.length; pixel += channels) {
                    for (int channel = 0; channel < channels; channel++) {
                        floats.put(table[channel][Byte.toUnsignedInt(pixels[pixel + source(channel)])]);
                    }
                }
            }
        }
    }

    /** Where an image has what the model has as a channel. */
    private int source(int channel) {
        return preprocessing.channels() == ChannelOrder.RGB ? channel : shape.channels() - 1 - channel;
    }

    @Override
    public Batch batch() {
        int rows = floats.position() / shape.values();
        ByteBuffer filled = buffer.slice(0, floats.position() * Float.BYTES).order(ByteOrder.nativeOrder());
        long[] extents = LongStream.concat(
                        LongStream.of(rows),
                        extents(shape, preprocessing.layout()).stream().mapToLong(Integer::longValue))
                .toArray();
        return Batch.of(input.name(), Tensor.of(ElementType.FLOAT32, filled, extents));
    }
}
