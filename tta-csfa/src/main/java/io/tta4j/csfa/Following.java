package io.tta4j.csfa;

import io.tta4j.model.Matrix;

/**
 * Draws prototypes towards the samples that are surely of their class: {@code p <- normalise((1 - a) p + a g)}, with g
 * the normalised mean of those samples in a batch and {@code a = 1 - (1 - rate)^k} for k of them. A step that would
 * take a prototype further from its anchor than the guard allows is not taken, so that no run of wrong guesses drags it
 * away.
 *
 * @param rate for one sample
 * @param margin how far the best score must be above the second for a sample to count
 * @param guard the least cosine between a prototype and its anchor
 */
record Following(double rate, double margin, double guard) {

    /**
     * The prototypes after a batch.
     *
     * @param placed the batch's features in the feature space: [N, D]
     * @param scores [N, C + n]
     */
    Known follow(Known known, Matrix placed, Matrix scores) {
        int classes = scores.columns();
        if (rate == 0) {
            return known;
        }
        Matrix units = placed.unitRows();
        double[][] sums = new double[classes][];
        int[] counts = new int[classes];
        for (int row = 0; row < scores.rows(); row++) {
            int best = scores.argmax(row);
            if (isSure(scores, row, best)) {
                counts[best]++;
                sums[best] = sums[best] == null ? new double[known.width()] : sums[best];
                for (int i = 0; i < known.width(); i++) {
                    sums[best][i] += units.get(row, i);
                }
            }
        }
        float[] moved = known.prototypes().toArray();
        for (int c = 0; c < classes; c++) {
            if (counts[c] > 0) {
                draw(moved, classes, c, known.anchors(), sums[c], 1 - Math.pow(1 - rate, counts[c]));
            }
        }
        return known.withPrototypes(Matrix.of(known.width(), classes, moved));
    }

    private boolean isSure(Matrix scores, int row, int best) {
        double second = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < scores.columns(); c++) {
            second = c == best ? second : Math.max(second, scores.get(row, c));
        }
        return scores.get(row, best) - second >= margin;
    }

    /** Draws one column towards a sum of unit vectors. */
    private void draw(float[] prototypes, int classes, int column, Matrix anchors, double[] sum, double share) {
        double norm = norm(sum);
        if (norm == 0) {
            return;
        }
        double[] moved = new double[sum.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (1 - share) * prototypes[i * classes + column] + share * sum[i] / norm;
        }
        double length = norm(moved);
        double cosine = 0;
        for (int i = 0; i < moved.length; i++) {
            moved[i] /= length;
            cosine += moved[i] * anchors.get(i, column);
        }
        // Written so that a step without a direction, whose cosine is NaN, is not taken either.
        if (cosine >= guard) {
            for (int i = 0; i < moved.length; i++) {
                prototypes[i * classes + column] = (float) moved[i];
            }
        }
    }

    private static double norm(double[] vector) {
        double square = 0;
        for (double value : vector) {
            square += value * value;
        }
        return Math.sqrt(square);
    }
}
