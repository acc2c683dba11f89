package io.tta4j.csfa;

import io.tta4j.model.Matrix;

/**
 * One score a class from the classifier's logits and the cosines to all prototypes. Prototypes decide whether a class
 * is new: a new class's score is its cosine less the margin, and the best base class's score is the best base cosine.
 * Which base class that is, the classifier decides with them: the one with the largest {@code headWeight * logit + tau
 * cos}. So base classes are told apart at least as well as the classifier does it, whatever new classes there are.
 *
 * @param headWeight what the logits count for; 0 leaves base classes to the prototypes
 * @param tau what a cosine counts for beside a logit
 */
record Fusion(double headWeight, double tau) {

    /**
     * The scores.
     *
     * @param logits [N, C]
     * @param cosines [N, C + n]
     * @param margin what a new class's cosine must be above the base classes'
     * @return [N, C + n]
     */
    Matrix scores(Matrix logits, Matrix cosines, double margin) {
        int base = logits.columns();
        int all = cosines.columns();
        float[] scores = cosines.toArray();
        double scale = headWeight == 0 ? 1 : tau;
        double[] joint = new double[base];
        for (int row = 0; row < cosines.rows(); row++) {
            double bestCosine = Double.NEGATIVE_INFINITY;
            double bestJoint = Double.NEGATIVE_INFINITY;
            for (int b = 0; b < base; b++) {
                float cosine = cosines.get(row, b);
                joint[b] = headWeight * logits.get(row, b) + scale * cosine;
                bestCosine = Math.max(bestCosine, cosine);
                bestJoint = Math.max(bestJoint, joint[b]);
            }
            for (int b = 0; b < base; b++) {
                scores[row * all + b] = (float) (bestCosine - (bestJoint - joint[b]) / Math.max(scale, 1));
            }
            for (int n = base; n < all; n++) {
                scores[row * all + n] -= (float) margin;
            }
        }
        return Matrix.of(cosines.rows(), all, scores);
    }
}
