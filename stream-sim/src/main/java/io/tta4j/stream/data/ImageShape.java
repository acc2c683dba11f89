package io.tta4j.stream.data;

import io.tta4j.model.AdaptableModel;

/**
 * The shape of an image.
 *
 * @param height in pixels
 * @param width in pixels
 * @param channels 3 for RGB
 */
public record ImageShape(int height, int width, int channels) implements SampleFormat {

    /** The number of values, which is the number of bytes of a uint8 image. */
    public int values() {
        return Math.multiplyExact(Math.multiplyExact(height, width), channels);
    }

    @Override
    public int bytes() {
        return values();
    }

    @Override
    public Batcher batcher(AdaptableModel model, Preprocessing preprocessing, int capacity) {
        return ImageBatcher.of(model, this, preprocessing, capacity);
    }

    @Override
    public String toString() {
        return height + "x" + width + "x" + channels;
    }
}
