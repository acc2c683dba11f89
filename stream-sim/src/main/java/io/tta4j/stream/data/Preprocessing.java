package io.tta4j.stream.data;

import java.util.List;

/**
 * How a uint8 RGB image in HWC order becomes a float32 input: {@code (pixel / scale - mean[c]) / std[c]}.
 *
 * @param scale the divisor; 255 maps pixels to 0..1
 * @param mean one value a channel in the model's order, subtracted after the division; empty for none
 * @param std one value a channel in the model's order, divided by last; empty for none
 * @param layout of the model's input
 * @param channels the model's order of them
 */
public record Preprocessing(float scale, List<Float> mean, List<Float> std, Layout layout, ChannelOrder channels) {

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

    /** RGB in NCHW layout. */
    public Preprocessing(float scale, List<Float> mean, List<Float> std) {
        this(scale, mean, std, Layout.NCHW, ChannelOrder.RGB);
    }

    /** Pixels divided by 255, nothing else. */
    public static Preprocessing ofDefaults() {
        return new Preprocessing(PIXEL_VALUES - 1, List.of(), List.of());
    }

    /**
     * The inputs of each pixel value, per channel of the model: [channels][256].
     *
     * @throws IllegalArgumentException if mean or std are given for another number of channels, or another number than
     *     three has another order
     */
    float[][] table(int channelCount) {
        requirePerChannel("mean", mean, channelCount);
        requirePerChannel("std", std, channelCount);
        if (channels == ChannelOrder.BGR && channelCount != 3) {
            throw new IllegalArgumentException("images must have 3 channels to become BGR, but had " + channelCount);
        }
        float[][] table = new float[channelCount][PIXEL_VALUES];
        for (int channel = 0; channel < channelCount; channel++) {
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
}
