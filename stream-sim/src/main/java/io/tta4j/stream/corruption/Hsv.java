package io.tta4j.stream.corruption;

/** A colour as hue, saturation and value, all in 0..1. */
record Hsv(double hue, double saturation, double value) {

    static Hsv ofRgb(double red, double green, double blue) {
        double value = Math.max(red, Math.max(green, blue));
        double range = value - Math.min(red, Math.min(green, blue));
        if (range == 0) {
            return new Hsv(0, 0, value);
        }
        double sixths;
        if (value == red) {
            sixths = (green - blue) / range;
        } else if (value == green) {
            sixths = 2 + (blue - red) / range;
        } else {
            sixths = 4 + (red - green) / range;
        }
        return new Hsv(sixths < 0 ? sixths / 6 + 1 : sixths / 6, range / value, value);
    }

    Hsv withSaturation(double newSaturation) {
        return new Hsv(hue, clip(newSaturation), value);
    }

    Hsv withValue(double newValue) {
        return new Hsv(hue, saturation, clip(newValue));
    }

    double red() {
        return channel(0);
    }

    double green() {
        return channel(4);
    }

    double blue() {
        return channel(2);
    }

    /** All three channels are one trapezoid over the hue, shifted by the channel's offset in sixths of a turn. */
    private double channel(double offset) {
        double sixths = (hue * 6 + offset) % 6;
        double distance = Math.abs(sixths - 3);
        double share = clip(2 - distance);
        return value * (1 - saturation * share);
    }

    private static double clip(double x) {
        return Math.min(1, Math.max(0, x));
    }
}
