package io.tta4j.stream.corruption;

/** A random height map by the diamond-square algorithm on a torus, scaled to 0..1. */
final class Plasma {

    private final int side;
    private final double[] heights;

    private Plasma(int side) {
        this.side = side;
        this.heights = new double[side * side];
    }

    /** A map whose side is the smallest power of two that is at least {@code size}; rough where the decay is small. */
    static Plasma atLeast(int size, double decay, Draws draws) {
        int side = Math.max(2, Integer.highestOneBit(2 * size - 1));
        Plasma plasma = new Plasma(side);
        double wobble = 100;
        for (int step = side; step >= 2; step /= 2) {
            plasma.fillSquares(step, wobble, draws);
            plasma.fillDiamonds(step, wobble, draws);
            wobble /= decay;
        }
        plasma.rescale();
        return plasma;
    }

    /** The height at a place, on and on in both directions: the side is a power of two. */
    double at(int row, int column) {
        return heights[(row & (side - 1)) * side + (column & (side - 1))];
    }

    /** The middle of each square of known points. */
    private void fillSquares(int step, double wobble, Draws draws) {
        int half = step / 2;
        for (int row = 0; row < side; row += step) {
            for (int column = 0; column < side; column += step) {
                double sum = at(row, column)
                        + at(row + step, column)
                        + at(row, column + step)
                        + at(row + step, column + step);
                set(row + half, column + half, sum, wobble, draws);
            }
        }
    }

    /** The middle of each edge: the mean of its two ends and of the two square middles beside it. */
    private void fillDiamonds(int step, double wobble, Draws draws) {
        int half = step / 2;
        for (int row = 0; row < side; row += step) {
            for (int column = 0; column < side; column += step) {
                double across = at(row, column)
                        + at(row, column + step)
                        + at(row + half, column + half)
                        + at(row - half, column + half);
                set(row, column + half, across, wobble, draws);
                double down = at(row, column)
                        + at(row + step, column)
                        + at(row + half, column + half)
                        + at(row + half, column - half);
                set(row + half, column, down, wobble, draws);
            }
        }
    }

    /** The published code multiplies by the wobble twice, once in the range of the draw; so does this. */
    private void set(int row, int column, double sumOfFour, double wobble, Draws draws) {
        heights[row * side + column] = sumOfFour / 4 + wobble * draws.uniform(-wobble, wobble);
    }

    private void rescale() {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double height : heights) {
            min = Math.min(min, height);
            max = Math.max(max, height);
        }
        for (int i = 0; i < heights.length; i++) {
            heights[i] = (heights[i] - min) / (max - min);
        }
    }
}
