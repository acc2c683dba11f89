package io.tta4j.stream.corruption;

import java.util.Arrays;

/** Poisson counts by inversion, from a table of cumulative probabilities for each of the 256 levels of a byte. */
final class PoissonCounts {

    private static final int LEVELS = 256;

    private final double[][] cumulative = new double[LEVELS][];

    /** A full-scale value has this mean; at most a few hundred, or exp(-mean) underflows. */
    PoissonCounts(double photons) {
        for (int level = 0; level < LEVELS; level++) {
            cumulative[level] = cumulative(photons * level / (LEVELS - 1));
        }
    }

    /** The count of a value in 0..1 at this quantile in 0..1. */
    int draw(double value, double quantile) {
        double[] table = cumulative[(int) Math.round(value * (LEVELS - 1))];
        int found = Arrays.binarySearch(table, quantile);
        return Math.min(found < 0 ? -found - 1 : found + 1, table.length - 1);
    }

    /** Entry k is P(count <= k); it ends far out in the tail. */
    private static double[] cumulative(double mean) {
        int length = 2 + (int) (mean + 12 * StrictMath.sqrt(mean));
        double[] table = new double[length];
        double probability = StrictMath.exp(-mean);
        double sum = 0;
        for (int k = 0; k < length; k++) {
            sum += probability;
            table[k] = sum;
            probability *= mean / (k + 1);
        }
        return table;
    }
}
