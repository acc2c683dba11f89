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
        return entropy(Softmax.log(logits));
    }

    @Override
    public double[] derivative(float[] logits) {
        double[] derivative = Softmax.log(logits);
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

    /** The setting's text. */
    @Override
    public String toString() {
        return "entropy";
    }
}
