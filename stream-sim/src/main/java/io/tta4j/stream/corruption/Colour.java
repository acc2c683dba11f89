package io.tta4j.stream.corruption;

import java.util.function.UnaryOperator;

/** The corruptions that change each pixel's colour, and nothing by chance. */
final class Colour {

    private Colour() {}

    /** Moves every value towards the mean of its channel, which stays. */
    static Distortion contrast(double factor) {
        return (image, draws) -> {
            double[] values = image.values();
            for (int channel = 0; channel < UnitImage.CHANNELS; channel++) {
                double mean = image.mean(channel);
                for (int i = channel; i < values.length; i += UnitImage.CHANNELS) {
                    values[i] = (values[i] - mean) * factor + mean;
                }
            }
            return image;
        };
    }

    static Distortion brightness(double added) {
        return hsv(colour -> colour.withValue(colour.value() + added));
    }

    static Distortion saturate(double factor, double added) {
        return hsv(colour -> colour.withSaturation(colour.saturation() * factor + added));
    }

    private static Distortion hsv(UnaryOperator<Hsv> change) {
        return (image, draws) -> {
            double[] values = image.values();
            for (int i = 0; i < values.length; i += UnitImage.CHANNELS) {
                Hsv colour = change.apply(Hsv.ofRgb(values[i], values[i + 1], values[i + 2]));
                values[i] = colour.red();
                values[i + 1] = colour.green();
                values[i + 2] = colour.blue();
            }
            return image;
        };
    }
}
