package io.tta4j.sar.objective;

/**
 * The entropy of a subjective opinion, in nats, which leaves room for not knowing (COME, Zhang et al., "Conservatively
 * Minimizing Entropy", ICLR 2025, section 4). With beliefs and uncertainty of the logits z over C classes
 *
 * <pre>{@code
 * b_k = exp(z_k) / (sum_j exp(z_j) + C)        u = C / (sum_j exp(z_j) + C)
 * }</pre>
 *
 * the loss is {@code -sum_k b_k log b_k - u log u}, between 0 and ln(C + 1): the softmax entropy with one more class,
 * whose logit is ln C. The norm of the logits is held, so that no step lowers the loss by just raising it: the
 * derivative is the part of the entropy's that is orthogonal to z. As in the authors' code 1e-7 is added to each
 * probability; where that has 1,000 for C whatever the network, here C is the number of classes. Logits that are all
 * zero have no direction and no slope.
 */
public enum ConservativeEntropy implements Objective {
    INSTANCE;

    /** Added to each probability, as in the authors' code. */
    private static final double FLOOR = 1e-7;

    @Override
    public double loss(float[] logits) {
        if (!Softmax.isFinite(logits)) {
            return Double.NaN;
        }
        double entropy = 0;
        for (double probability : opinion(logits)) {
            entropy -= (probability + FLOOR) * Math.log(probability + FLOOR);
        }
        return entropy;
    }

    @Override
    public double[] derivative(float[] logits) {
        if (!Softmax.isFinite(logits)) {
            return Softmax.notANumber(logits.length);
        }
        double[] opinion = opinion(logits);
        double[] slope = new double[opinion.length];
        for (int k = 0; k < slope.length; k++) {
            slope[k] = -Math.log(opinion[k] + FLOOR) - 1;
        }
        return orthogonal(Softmax.pullback(opinion, slope, logits.length), logits);
    }

    /** Beliefs and, last, the uncertainty: C + 1 values that sum to 1. */
    private static double[] opinion(float[] logits) {
        int classes = logits.length;
        double unknown = Math.log(classes);
        double max = unknown;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double[] opinion = new double[classes + 1];
        double sum = 0;
        for (int k = 0; k <= classes; k++) {
            opinion[k] = Math.exp((k < classes ? logits[k] : unknown) - max);
            sum += opinion[k];
        }
        for (int k = 0; k <= classes; k++) {
            opinion[k] /= sum;
        }
        return opinion;
    }

    private static double[] orthogonal(double[] derivative, float[] logits) {
        double along = 0;
        double square = 0;
        for (int k = 0; k < logits.length; k++) {
            along += derivative[k] * logits[k];
            square += (double) logits[k] * logits[k];
        }
        double share = square == 0 ? 0 : along / square;
        double[] orthogonal = new double[logits.length];
        for (int k = 0; k < logits.length; k++) {
            orthogonal[k] = square == 0 ? 0 : derivative[k] - share * logits[k];
        }
        return orthogonal;
    }

    /** The setting's text. */
    @Override
    public String toString() {
        return "come";
    }
}
