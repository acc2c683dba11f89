package io.tta4j.stream.image;

import java.util.Arrays;

/** An RGB image of unsigned bytes, in HWC order. */
public final class RgbImage {

    /** R, G and B. */
    public static final int CHANNELS = 3;

    private final int height;
    private final int width;
    private final byte[] pixels;

    /**
     * An image over {@code pixels}, which are not copied.
     *
     * @param height in pixels, at least 1
     * @param width in pixels, at least 1
     * @param pixels {@code height * width * 3} bytes
     * @throws IllegalArgumentException if there are more or fewer of them
     */
    public RgbImage(int height, int width, byte[] pixels) {
        if (height < 1 || width < 1 || pixels.length != (long) height * width * CHANNELS) {
            throw new IllegalArgumentException("an image of %dx%d must have %d bytes, but had %d"
                    .formatted(height, width, (long) height * width * CHANNELS, pixels.length));
        }
        this.height = height;
        this.width = width;
        this.pixels = pixels;
    }

    /** The rows. */
    public int height() {
        return height;
    }

    /** The columns. */
    public int width() {
        return width;
    }

    /** The bytes themselves, not a copy. */
    public byte[] pixels() {
        return pixels;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image
                && height == image.height
                && width == image.width
                && Arrays.equals(pixels, image.pixels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(pixels);
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
