package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/** Float samples, row by row, the channels of a pixel side by side; mutable, made for one corruption of one image. */
final class Raster {

    private final float[] values;
    private final int height;
    private final int width;
    private final int channels;

    Raster(float[] values, int height, int width, int channels) {
        this.values = values;
        this.height = height;
        this.width = width;
        this.channels = channels;
    }

    /** Zeros. */
    static Raster of(int height, int width, int channels) {
        return new Raster(new float[height * width * channels], height, width, channels);
    }

    /** Zeros, as large as this. */
    Raster blank() {
        return of(height, width, channels);
    }

    /** The image's values in 0..1. */
    static Raster of(RgbImage image) {
        Raster raster = of(image.height(), image.width(), RgbImage.CHANNELS);
        byte[] rgb = image.pixels();
        for (int i = 0; i < rgb.length; i++) {
            raster.values[i] = (float) Levels.unit(rgb[i]);
        }
        return raster;
    }

    /** The values themselves, not a copy. */
    float[] values() {
        return values;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    int channels() {
        return channels;
    }

    /** Values in a row. */
    int stride() {
        return width * channels;
    }

    /** This image with so many pixels more on every side, which the border fills. */
    Raster padded(int margin, Border border) {
        Raster wide = of(height + 2 * margin, width + 2 * margin, channels);
        for (int row = 0; row < wide.height; row++) {
            int from = border.inside(row - margin, height) * stride();
            int to = row * wide.stride();
            copyPadded(from, wide.values, to, margin, border);
        }
        return wide;
    }

    /** Copies the row that begins at {@code from}, and what lies {@code margin} pixels to both sides of it. */
    void copyPadded(int from, float[] target, int to, int margin, Border border) {
        System.arraycopy(values, from, target, to + margin * channels, stride());
        for (int i = 1; i <= margin; i++) {
            int left = from + border.inside(-i, width) * channels;
            int right = from + border.inside(width - 1 + i, width) * channels;
            System.arraycopy(values, left, target, to + (margin - i) * channels, channels);
            System.arraycopy(values, right, target, to + (margin + width - 1 + i) * channels, channels);
        }
    }

    /** Writes the channels at a place between pixels, by linear interpolation of its four neighbours. */
    void sample(float row, float column, Border border, float[] target, int to) {
        int top = (int) Math.floor(row);
        int left = (int) Math.floor(column);
        float down = row - top;
        float right = column - left;
        int upper = border.inside(top, height) * stride();
        int lower = border.inside(top + 1, height) * stride();
        int first = border.inside(left, width) * channels;
        int second = border.inside(left + 1, width) * channels;
        for (int channel = 0; channel < channels; channel++) {
            float above = values[upper + first + channel] * (1 - right) + values[upper + second + channel] * right;
            float below = values[lower + first + channel] * (1 - right) + values[lower + second + channel] * right;
            target[to + channel] = above * (1 - down) + below * down;
        }
    }

    /** The largest value. */
    float max() {
        float max = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    /** Sets what is below the bound to zero. */
    void cutBelow(float bound) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < bound) {
                values[i] = 0;
            }
        }
    }

    /** Clips to 0..1 and truncates to bytes, as {@link Levels#level}. */
    byte[] toLevels() {
        byte[] levels = new byte[values.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) level(values[i], 0);
        }
        return levels;
    }

    /** This image after it has been bytes: {@code added} is 0 where they are truncated, 0.5 where they are rounded. */
    Raster quantised(float added) {
        Raster quantised = blank();
        for (int i = 0; i < values.length; i++) {
            quantised.values[i] = level(values[i], added) / 255f;
        }
        return quantised;
    }

    private static int level(float value, float added) {
        return (int) (Math.min(1, Math.max(0, value)) * 255 + added);
    }

    /** Independent normal values in one channel, row by row. */
    static Raster noise(int height, int width, double mean, double deviation, Draws draws) {
        Raster raster = of(height, width, 1);
        for (int i = 0; i < raster.values.length; i++) {
            raster.values[i] = (float) (mean + deviation * draws.normal());
        }
        return raster;
    }
}
