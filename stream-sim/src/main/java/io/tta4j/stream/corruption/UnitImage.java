package io.tta4j.stream.corruption;

/** An RGB image with values nominally in 0..1, HWC order; mutable, made for one corruption of one image. */
final class UnitImage {

    static final int CHANNELS = 3;

    private final double[] values;
    private final int height;
    private final int width;

    UnitImage(double[] values, int height, int width) {
        this.values = values;
        this.height = height;
        this.width = width;
    }

    static UnitImage of(byte[] pixels, int height, int width) {
        double[] values = new double[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (pixels[i] & 0xff) / 255.0;
        }
        return new UnitImage(values, height, width);
    }

    /** The values themselves, not a copy. */
    double[] values() {
        return values;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** Clips to 0..1 and truncates to bytes, as the published code's {@code np.uint8(np.clip(x, 0, 1) * 255)}. */
    byte[] toBytes() {
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (int) (Math.min(1, Math.max(0, values[i])) * 255);
        }
        return pixels;
    }

    double max() {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    double mean(int channel) {
        double sum = 0;
        for (int i = channel; i < values.length; i += CHANNELS) {
            sum += values[i];
        }
        return sum / (height * width);
    }
}
