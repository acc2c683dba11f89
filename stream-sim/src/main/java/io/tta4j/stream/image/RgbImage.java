package io.tta4j.stream.image;

/** An RGB image: unsigned bytes in HWC order, which nobody changes. */
public final class RgbImage {

    /** Red, green and blue. */
    public static final int CHANNELS = 3;

    private final byte[] values;
    private final int height;
    private final int width;

    /**
     * An image of these bytes.
     *
     * @param values {@code height * width * 3} bytes, not copied
     * @param height in pixels
     * @param width in pixels
     * @throws IllegalArgumentException if there are more or fewer bytes, or no pixels
     */
    public RgbImage(byte[] values, int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "height and width must be positive, but were %d and %d".formatted(height, width));
        }
        if (values.length != (long) height * width * CHANNELS) {
            throw new IllegalArgumentException("%d x %d RGB pixels take %d bytes, but there were %d"
                    .formatted(height, width, (long) height * width * CHANNELS, values.length));
        }
        this.values = values;
        this.height = height;
        this.width = width;
    }

    /** The bytes themselves, not a copy. */
    public byte[] values() {
        return values;
    }

    /** In pixels. */
    public int height() {
        return height;
    }

    /** In pixels. */
    public int width() {
        return width;
    }

    @Override
    public String toString() {
        return height + "x" + width + "x" + CHANNELS;
    }
}
