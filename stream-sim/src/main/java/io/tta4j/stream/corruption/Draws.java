package io.tta4j.stream.corruption;

import java.util.SplittableRandom;

/**
 * Random numbers that are the same on every machine: the generator's plain stream and arithmetic that Java fixes to the
 * bit, as the JDK promises no particular algorithm for its own normal numbers and no last bit for its logarithm.
 */
final class Draws {

    /** 1 / (2k + 1) for k = 0, 1, ...; the logarithm's series is cut off below a double's precision. */
    private static final double[] LOGARITHM = new double[13];

    /** (-1)^k (2 pi)^(2k + 1) / (2k + 1)! for k = 0, 1, ... */
    private static final double[] SINE = new double[13];

    static {
        double term = 2 * Math.PI;
        for (int k = 0; k < SINE.length; k++) {
            LOGARITHM[k] = 1.0 / (2 * k + 1);
            SINE[k] = term;
            term *= -(4 * Math.PI * Math.PI) / ((2 * k + 2) * (2 * k + 3));
        }
    }

    private final SplittableRandom random;

    Draws(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Uniform in 0 (included) to 1 (excluded). */
    double uniform() {
        return random.nextDouble();
    }

    double uniform(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /**
     * Uniform in 0 (included) to {@code bound} (excluded); bounds here are so small that the rest's bias is nothing.
     */
    int below(int bound) {
        return (int) (((random.nextLong() >>> 32) * bound) >>> 32);
    }

    /** Standard normal, by Box and Muller. */
    double normal() {
        double radius = Math.sqrt(-2 * logarithm(1 - uniform()));
        return radius * cosineOfTurns(uniform());
    }

    /** ln x of a positive normal number: 2 artanh((m - 1) / (m + 1)) + e ln 2, m between the roots of 1/2 and 2. */
    static double logarithm(double x) {
        int exponent = Math.getExponent(x);
        double mantissa =
                Double.longBitsToDouble((Double.doubleToRawLongBits(x) & 0x000fffffffffffffL) | 0x3ff0000000000000L);
        if (mantissa > 1.4142135623730951) {
            mantissa /= 2;
            exponent++;
        }
        double ratio = (mantissa - 1) / (mantissa + 1);
        return 2 * ratio * series(LOGARITHM, ratio * ratio) + exponent * 0.6931471805599453;
    }

    /** cos(2 pi x) for x in 0..1, as the sine of what lies within a quarter turn of zero. */
    static double cosineOfTurns(double x) {
        double turn = Math.abs(x - 0.5) - 0.25;
        return turn * series(SINE, turn * turn);
    }

    private static double series(double[] coefficients, double x) {
        double sum = 0;
        for (int k = coefficients.length - 1; k >= 0; k--) {
            sum = sum * x + coefficients[k];
        }
        return sum;
    }
}
