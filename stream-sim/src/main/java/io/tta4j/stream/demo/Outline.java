package io.tta4j.stream.demo;

/**
 * The ten outlines, one per class, in class order, and one that no network was trained on; each about as large as the
 * unit circle around the origin, y pointing down.
 */
enum Outline {
    DISC {
        @Override
        boolean contains(double x, double y) {
            return x * x + y * y < 0.8;
        }
    },
    RING {
        @Override
        boolean contains(double x, double y) {
            double squaredRadius = x * x + y * y;
            return squaredRadius > 0.3 && squaredRadius < 0.95;
        }
    },
    SQUARE {
        @Override
        boolean contains(double x, double y) {
            return largest(x, y) < 0.75;
        }
    },
    FRAME {
        @Override
        boolean contains(double x, double y) {
            double distance = largest(x, y);
            return distance > 0.45 && distance < 0.8;
        }
    },
    TRIANGLE {
        @Override
        boolean contains(double x, double y) {
            return y < 0.5 && SQRT_3 * Math.abs(x) - y < 1;
        }
    },
    CROSS {
        @Override
        boolean contains(double x, double y) {
            return Math.min(Math.abs(x), Math.abs(y)) < 0.27 && largest(x, y) < 0.95;
        }
    },
    STAR {
        /** A five-pointed star is the set of points inside at least four of the five half-planes of its sides. */
        @Override
        boolean contains(double x, double y) {
            int inside = 0;
            for (int side = 0; side < 5; side++) {
                if (x * STAR_X[side] + y * STAR_Y[side] < 0.36) {
                    inside++;
                }
            }
            return inside >= 4;
        }
    },
    CRESCENT {
        @Override
        boolean contains(double x, double y) {
            double shifted = x - 0.5;
            return x * x + y * y < 0.95 && shifted * shifted + y * y > 0.6;
        }
    },
    BAR {
        @Override
        boolean contains(double x, double y) {
            return Math.abs(x) < 0.95 && Math.abs(y) < 0.3;
        }
    },
    HOURGLASS {
        @Override
        boolean contains(double x, double y) {
            return Math.abs(y) < 0.9 * Math.abs(x) && Math.abs(x) < 0.85;
        }
    },
    /** No class: the newcomer. */
    ARROW {
        @Override
        boolean contains(double x, double y) {
            boolean head = x < 0.95 && x > 0.05 && Math.abs(y) < 0.85 * (0.95 - x);
            boolean shaft = x <= 0.05 && x > -0.95 && Math.abs(y) < 0.22;
            return head || shaft;
        }
    };

    private static final double SQRT_3 = 1.7320508075688772;

    /** Unit normals of the sides of the star: cosines and sines of 90, 162, 234, 306 and 18 degrees. */
    private static final double[] STAR_X = {
        0, -0.9510565162951535, -0.5877852522924731, 0.5877852522924731, 0.9510565162951535
    };

    private static final double[] STAR_Y = {
        1, 0.30901699437494745, -0.8090169943749475, -0.8090169943749475, 0.30901699437494745
    };

    abstract boolean contains(double x, double y);

    private static double largest(double x, double y) {
        return Math.max(Math.abs(x), Math.abs(y));
    }
}
