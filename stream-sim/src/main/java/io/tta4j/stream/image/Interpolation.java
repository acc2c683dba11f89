package io.tta4j.stream.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How pixels between pixels are found; each filter widens where an image becomes smaller (antialiasing), as in PIL. */
public enum Interpolation {
    /** The mean of a pixel's area. */
    BOX(0.5) {
        @Override
        double weight(double distance) {
            return distance > -0.5 && distance <= 0.5 ? 1 : 0;
        }
    },
    /** A triangle: torchvision's default. */
    BILINEAR(1) {
        @Override
        double weight(double distance) {
            return Math.max(0, 1 - Math.abs(distance));
        }
    },
    /** Keys' cubic with a = -0.5. */
    BICUBIC(2) {
        private static final double A = -0.5;

        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            if (x < 1) {
                return ((A + 2) * x - (A + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
        }
    },
    /** A sinc over three lobes. */
    LANCZOS(3) {
        @Override
        double weight(double distance) {
            return distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
        }

        private static double sinc(double x) {
            return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
        }
    };

    private final double support;

    Interpolation(double support) {
        this.support = support;
    }

    /** How far the filter reaches, in pixels of an image that becomes larger. */
    double support() {
        return support;
    }

    /** The filter at a distance from its centre. */
    abstract double weight(double distance);

    /**
     * The interpolation of a name, such as {@code bicubic}.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Interpolation named(String name) {
        return Arrays.stream(values())
                .filter(value -> value.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("interpolation must be one of %s, but was '%s'"
                        .formatted(
                                Arrays.stream(values()).map(Object::toString).collect(Collectors.joining(", ")),
                                name)));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
