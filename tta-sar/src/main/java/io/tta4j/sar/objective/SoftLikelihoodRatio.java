package io.tta4j.sar.objective;

/**
 * The soft likelihood ratio {@code -sum_k p_k log(p_k / (1 - p_k))} (ROID, Marsden et al., "Universal Test-time
 * Adaptation through Weight Ensembling, Diversity Weighting, and Prior Correction", WACV 2024, section 3.2). Unlike the
 * entropy's, its gradient does not vanish as the model becomes sure. As in the authors' code, probabilities are clipped
 * at 0.99, above which they have no slope, and 1e-5 is added to the ratio.
 *
 * <p>The loss is no entropy and falls below zero; {@link #entropy} is that of the softmax.
 */
public enum SoftLikelihoodRatio implements Objective {
    INSTANCE;

    private static final double CLIP = 0.99;
    private static final double FLOOR = 1e-5;

    @Override
    public double loss(float[] logits) {
        if (!Softmax.isFinite(logits)) {
            return Double.NaN;
        }
        double loss = 0;
        for (double probability : Softmax.of(logits)) {
            double clipped = Math.min(probability, CLIP);
            loss -= clipped * Math.log(clipped / (1 - clipped) + FLOOR);
        }
        return loss;
    }

    @Override
    public double[] derivative(float[] logits) {
        if (!Softmax.isFinite(logits)) {
            return Softmax.notANumber(logits.length);
        }
        double[] probabilities = Softmax.of(logits);
        double[] slope = new double[probabilities.length];
        for (int k = 0; k < slope.length; k++) {
            double p = probabilities[k];
            double ratio = p / (1 - p) + FLOOR;
            slope[k] = p > CLIP ? 0 : -Math.log(ratio) - p / ((1 - p) * (1 - p) * ratio);
        }
        return Softmax.pullback(probabilities, slope, logits.length);
    }

    @Override
    public double entropy(float[] logits) {
        return SoftmaxEntropy.INSTANCE.loss(logits);
    }
}
