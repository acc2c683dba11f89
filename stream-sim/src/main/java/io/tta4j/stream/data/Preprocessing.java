package io.tta4j.stream.data;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * How a uint8 HWC image becomes a float32 CHW input: {@code (pixel / scale - mean[c]) / std[c]}.
 *
 * @param scale the divisor; 255 maps pixels to 0..1
 * @param mean one value a channel, subtracted after the division; empty for none
 * @param std one value a channel, divided by last; empty for none
 */
public record Preprocessing(float scale, List<Float> mean, List<Float> std) {

    private static final int PIXEL_VALUES = 256;

    /** @throws IllegalArgumentException if the scale or a std is not positive, or a value is not finite */
    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (!(scale > 0) || Float.isInfinite(scale)) {
            throw new IllegalArgumentException("scale must be positive, but was " + scale);
        }
        if (!mean.stream().allMatch(Float::isFinite)) {
            throw new IllegalArgumentException("mean must be finite, but was " + mean);
        }
        if (!std.stream().allMatch(value -> value > 0 && Float.isFinite(value))) {
            throw new IllegalArgumentException("std must be positive, but was " + std);
        }
    }

    /** Pixels divided by 255, nothing else. */
    public static Preprocessing ofDefaults() {
        return new Preprocessing(255, List.of(), List.of());
    }

    /**
     * The inputs of each pixel value, per channel: [channels][256].
     *
     * @throws IllegalArgumentException if mean or std are given for another number of channels
     */
    float[][] table(int channels) {
        requirePerChannel("mean", mean, channels);
        requirePerChannel("std", std, channels);
        float[][] table = new float[channels][PIXEL_VALUES];
        for (int channel = 0; channel < channels; channel++) {
            float shift = mean.isEmpty() ? 0 : mean.get(channel);
            float divisor = std.isEmpty() ? 1 : std.get(channel);
            for (int pixel = 0; pixel < PIXEL_VALUES; pixel++) {
                table[channel][pixel] = (pixel / scale - shift) / divisor;
            }
        }
        return table;
    }

    private static void requirePerChannel(String name, List<Float> values, int channels) {
        if (!values.isEmpty() && values.size() != channels) {
            throw new IllegalArgumentException("%s must have one value for each of the %d channels, but had %d"
                    .formatted(name, channels, values.size()));
        }
    }

    /** Appends one image, HWC, to {@code target}, CHW, through a table of {@link #table}. */
    static void append(byte[] pixels, float[][] table, FloatBuffer target) {
        int channels = table.length;
        for (int channel = 0; channel < channels; channel++) {
            float[] inputs = table[channel];
            for (int i = channel; i < pixels.length; i += channels) {
                target.put(inputs[Byte.toUnsignedInt(pixels[i])]);
            }
        }
    }
}
