package io.tta4j.stream.demo;

/** The patterns that fill a piece; {@code u} and {@code v} count periods along two perpendicular axes. */
enum Texture {
    PLAIN {
        @Override
        boolean isRaised(double u, double v) {
            return false;
        }
    },
    STRIPES {
        @Override
        boolean isRaised(double u, double v) {
            return fraction(u) < 0.5;
        }
    },
    CHECKS {
        @Override
        boolean isRaised(double u, double v) {
            return fraction(u) < 0.5 ^ fraction(v) < 0.5;
        }
    },
    DOTS {
        @Override
        boolean isRaised(double u, double v) {
            double x = fraction(u) - 0.5;
            double y = fraction(v) - 0.5;
            return x * x + y * y < 0.1;
        }
    };

    /** Whether the pattern shows its second colour at this point. */
    abstract boolean isRaised(double u, double v);

    private static double fraction(double value) {
        return value - Math.floor(value);
    }
}
