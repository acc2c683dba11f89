package io.tta4j.stream.metric;

import java.util.Arrays;

/**
 * How well a score tells samples of unknown classes, on which it should be large, from those of known ones.
 *
 * @param known how many samples of known classes there were
 * @param unknown how many of unknown classes
 * @param auroc the area under the ROC curve, 0..1: the chance that an unknown sample has the larger score of a pair,
 *     ties counted half
 * @param fpr95 the false positive rate at 95 % true positives, 0..1: the share of known samples that are flagged by the
 *     highest threshold that flags at least 95 % of the unknown ones
 */
public record Detection(int known, int unknown, double auroc, double fpr95) {

    private static final int TRUE_POSITIVES_PERCENT = 95;

    /**
     * Measures scores.
     *
     * @param known of samples of known classes; at least one
     * @param unknown of samples of unknown classes; at least one
     * @throws IllegalArgumentException if there is none of either, or one is not a number
     */
    public static Detection of(double[] known, double[] unknown) {
        double[] negatives = sorted("known", known);
        double[] positives = sorted("unknown", unknown);
        return new Detection(
                negatives.length, positives.length, auroc(negatives, positives), fpr95(negatives, positives));
    }

    private static double[] sorted(String kind, double[] scores) {
        if (scores.length == 0 || Arrays.stream(scores).anyMatch(Double::isNaN)) {
            throw new IllegalArgumentException("scores of %s samples must be at least one and all numbers, but were %s"
                    .formatted(kind, Arrays.toString(scores)));
        }
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /** The rank statistic of Mann and Whitney over the number of pairs. */
    private static double auroc(double[] negatives, double[] positives) {
        double won = 0;
        int below = 0;
        int notAbove = 0;
        for (double positive : positives) {
            while (below < negatives.length && negatives[below] < positive) {
                below++;
            }
            while (notAbove < negatives.length && negatives[notAbove] <= positive) {
                notAbove++;
            }
            won += below + (notAbove - below) / 2.0;
        }
        return won / ((double) negatives.length * positives.length);
    }

    private static double fpr95(double[] negatives, double[] positives) {
        int flagged = (int) (((long) TRUE_POSITIVES_PERCENT * positives.length + 99) / 100);
        double threshold = positives[positives.length - flagged];
        return Arrays.stream(negatives).filter(score -> score >= threshold).count() / (double) negatives.length;
    }
}
