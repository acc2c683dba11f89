package io.tta4j.stream.image;

/**
 * Where the pixels of one resized axis come from: for each, a run of old pixels and their weights, in fixed point.
 *
 * <p>The arithmetic is PIL's ({@code Resample.c}), so that results are the same to the bit.
 */
final class ResampledAxis {

    /** Fractional bits of a weight: 8 bits are the pixel's, 2 keep the sum from overflowing. */
    private static final int PRECISION = 32 - 8 - 2;

    private final int[] first;
    private final int[][] weights;

    private ResampledAxis(int[] first, int[][] weights) {
        this.first = first;
        this.weights = weights;
    }

    /**
     * A part of a resized axis.
     *
     * @param oldSize of the whole axis
     * @param newSize of the whole axis
     * @param from the first new pixel that is wanted
     * @param count how many new pixels are wanted
     */
    static ResampledAxis of(int oldSize, int newSize, Interpolation interpolation, int from, int count) {
        double scale = (double) oldSize / newSize;
        double stretch = Math.max(scale, 1);
        double support = interpolation.support() * stretch;
        int[] first = new int[count];
        int[][] weights = new int[count][];
        for (int i = 0; i < count; i++) {
            double centre = (from + i + 0.5) * scale;
            first[i] = Math.max((int) (centre - support + 0.5), 0);
            int end = Math.min((int) (centre + support + 0.5), oldSize);
            double[] exact = new double[end - first[i]];
            double sum = 0;
            for (int k = 0; k < exact.length; k++) {
                exact[k] = interpolation.weight((k + first[i] - centre + 0.5) * (1 / stretch));
                sum += exact[k];
            }
            weights[i] = fixedPoint(exact, sum);
        }
        return new ResampledAxis(first, weights);
    }

    private static int[] fixedPoint(double[] exact, double sum) {
        int[] fixed = new int[exact.length];
        for (int k = 0; k < exact.length; k++) {
            double weight = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION);
            fixed[k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
        return fixed;
    }

    /** The number of new pixels. */
    int count() {
        return first.length;
    }

    /** The first old pixel that any new one needs. */
    int begin() {
        return first[0];
    }

    /** Behind the last old pixel that any new one needs. */
    int end() {
        int last = first.length - 1;
        return first[last] + weights[last].length;
    }

    /**
     * Computes one new value.
     *
     * @param index of the new pixel
     * @param values where the old pixels are
     * @param start the index of what would be old pixel 0
     * @param stride from one old pixel to the next
     */
    byte value(int index, byte[] values, int start, int stride) {
        int[] factors = weights[index];
        int position = start + first[index] * stride;
        int sum = 1 << (PRECISION - 1);
        for (int factor : factors) {
            sum += (values[position] & 0xff) * factor;
            position += stride;
        }
        return (byte) Math.min(Math.max(sum >> PRECISION, 0), 255);
    }
}
