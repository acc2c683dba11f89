package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;
import java.util.function.DoubleUnaryOperator;

/** The corruptions that change each pixel's colour, and nothing by chance. */
final class Colour {

    private Colour() {}

    /** Moves every value towards the mean of its channel, which stays. */
    static Distortion contrast(double factor) {
        return (image, draws) -> {
            byte[] rgb = image.pixels();
            byte[] out = new byte[rgb.length];
            for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
                double mean = mean(rgb, channel);
                for (int i = channel; i < rgb.length; i += RgbImage.CHANNELS) {
                    out[i] = Levels.level((Levels.unit(rgb[i]) - mean) * factor + mean);
                }
            }
            return out;
        };
    }

    private static double mean(byte[] rgb, int channel) {
        double sum = 0;
        for (int i = channel; i < rgb.length; i += RgbImage.CHANNELS) {
            sum += Levels.unit(rgb[i]);
        }
        int pixels = rgb.length / RgbImage.CHANNELS;
        return sum / pixels;
    }

    /** Adds to the value of HSV. */
    static Distortion brightness(double added) {
        return hsv(saturation -> saturation, value -> value + added);
    }

    /** Scales the saturation of HSV and adds to it. */
    static Distortion saturate(double factor, double added) {
        return hsv(saturation -> saturation * factor + added, value -> value);
    }

    private static Distortion hsv(DoubleUnaryOperator saturate, DoubleUnaryOperator brighten) {
        return (image, draws) -> {
            byte[] rgb = image.pixels();
            byte[] out = new byte[rgb.length];
            for (int i = 0; i < rgb.length; i += RgbImage.CHANNELS) {
                double red = Levels.unit(rgb[i]);
                double green = Levels.unit(rgb[i + 1]);
                double blue = Levels.unit(rgb[i + 2]);
                double max = Math.max(red, Math.max(green, blue));
                double range = max - Math.min(red, Math.min(green, blue));
                double hue = range == 0 ? 0 : hue(red, green, blue, max, range);
                double saturation = clip(saturate.applyAsDouble(range == 0 ? 0 : range / max));
                double value = clip(brighten.applyAsDouble(max));
                out[i] = Levels.level(channel(hue, saturation, value, 0));
                out[i + 1] = Levels.level(channel(hue, saturation, value, 4));
                out[i + 2] = Levels.level(channel(hue, saturation, value, 2));
            }
            return out;
        };
    }

    /** In 0..1. */
    private static double hue(double red, double green, double blue, double max, double range) {
        double sixths;
        if (max == red) {
            sixths = (green - blue) / range;
        } else if (max == green) {
            sixths = 2 + (blue - red) / range;
        } else {
            sixths = 4 + (red - green) / range;
        }
        return sixths < 0 ? sixths / 6 + 1 : sixths / 6;
    }

    /** All three channels are one trapezoid over the hue, shifted by the channel's offset in sixths of a turn. */
    private static double channel(double hue, double saturation, double value, double offset) {
        double sixths = hue * 6 + offset;
        double turned = sixths >= 6 ? sixths - 6 : sixths;
        double share = clip(2 - Math.abs(turned - 3));
        return value * (1 - saturation * share);
    }

    private static double clip(double x) {
        return Math.min(1, Math.max(0, x));
    }
}
