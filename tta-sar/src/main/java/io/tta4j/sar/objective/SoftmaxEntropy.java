package io.tta4j.sar.objective;

/**
 * The Shannon entropy of the softmax, in nats: {@code H = -sum_k p_k log p_k}, between 0 and ln C (Tent, Wang et al.,
 * ICLR 2021, section 3.1). Its derivative is {@code dH/dz_k = -p_k (log p_k + H)}.
 *
 * <p>Computed in double precision from a shifted log-softmax, so that no finite logit overflows.
 */
public enum SoftmaxEntropy implements Objective {
    INSTANCE;

    @Override
    public double loss(float[] logits) {
        return entropy(logSoftmax(logits));
    }

    @Override
    public double[] derivative(float[] logits) {
        double[] derivative = logSoftmax(logits);
        double entropy = entropy(derivative);
        for (int k = 0; k < derivative.length; k++) {
            derivative[k] = -Math.exp(derivative[k]) * (derivative[k] + entropy);
        }
        return derivative;
    }

    private static double entropy(double[] logProbabilities) {
        double entropy = 0;
        for (double logProbability : logProbabilities) {
            entropy -= Math.exp(logProbability) * logProbability;
        }
        return entropy;
    }

    private static double[] logSoftmax(float[] logits) {
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
}
