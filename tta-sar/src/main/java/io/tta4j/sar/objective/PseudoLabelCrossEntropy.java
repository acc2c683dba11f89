package io.tta4j.sar.objective;

/**
 * The cross-entropy to the class that the model predicts, {@code -log max_k p_k}, in nats: the log-likelihood whose
 * squared gradients are the Fisher information of EATA (Niu et al., ICML 2022, section 3.3). The derivative is {@code p
 * - onehot(argmax)}, with the first of equals.
 */
public enum PseudoLabelCrossEntropy implements Objective {
    INSTANCE;

    @Override
    public double loss(float[] logits) {
        return Softmax.isFinite(logits) ? -Softmax.log(logits)[predicted(logits)] : Double.NaN;
    }

    @Override
    public double[] derivative(float[] logits) {
        if (!Softmax.isFinite(logits)) {
            return Softmax.notANumber(logits.length);
        }
        double[] derivative = Softmax.of(logits);
        derivative[predicted(logits)] -= 1;
        return derivative;
    }

    private static int predicted(float[] logits) {
        int best = 0;
        for (int k = 1; k < logits.length; k++) {
            if (logits[k] > logits[best]) {
                best = k;
            }
        }
        return best;
    }
}
