package io.tta4j.sar.objective;

import java.util.Arrays;

/** The softmax of one sample's logits, in double precision and shifted, so that no finite logit overflows. */
public final class Softmax {

    private Softmax() {}

    /**
     * Class probabilities.
     *
     * @param logits C unnormalised class scores
     * @return C values that sum to 1; some NaN if a logit is not finite
     */
    public static double[] of(float[] logits) {
        double[] probabilities = log(logits);
        for (int k = 0; k < probabilities.length; k++) {
            probabilities[k] = Math.exp(probabilities[k]);
        }
        return probabilities;
    }

    /** The logarithm of {@link #of}. An infinite logit comes out as NaN or infinite. */
    static double[] log(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double logSum = Math.log(sum);
        double[] logProbabilities = new double[logits.length];
        for (int k = 0; k < logits.length; k++) {
            // Infinite logits come out NaN: inf - inf for +inf, and 0 * -inf in the entropy for -inf.
            logProbabilities[k] = logits[k] - max - logSum;
        }
        return logProbabilities;
    }

    /**
     * Pulls a slope over probabilities back to the logits: {@code p_k (a_k - sum_j p_j a_j)}.
     *
     * @param probabilities C values, or more where there are classes without a logit of their own at the end
     * @param slope dLoss / dp, as many
     * @param logits C, how many of them have logits
     */
    static double[] pullback(double[] probabilities, double[] slope, int logits) {
        double mean = 0;
        for (int k = 0; k < probabilities.length; k++) {
            mean += probabilities[k] * slope[k];
        }
        double[] derivative = new double[logits];
        for (int k = 0; k < logits; k++) {
            derivative[k] = probabilities[k] * (slope[k] - mean);
        }
        return derivative;
    }

    /** Whether all logits are finite. */
    static boolean isFinite(float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                return false;
            }
        }
        return true;
    }

    /** The derivative of a loss that is NaN. */
    static double[] notANumber(int classes) {
        double[] derivative = new double[classes];
        Arrays.fill(derivative, Double.NaN);
        return derivative;
    }
}
