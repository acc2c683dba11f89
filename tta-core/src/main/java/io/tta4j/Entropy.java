package io.tta4j;

import io.tta4j.model.Matrix;

/** Softmax entropy of logits, in nats. */
final class Entropy {

    private Entropy() {}

    /** The mean over rows. */
    static double mean(Matrix logits) {
        double sum = 0;
        for (int row = 0; row < logits.rows(); row++) {
            sum += of(logits, row);
        }
        return sum / logits.rows();
    }

    /** H = ln Z - sum p z, with z relative to the largest. */
    private static double of(Matrix logits, int row) {
        float largest = logits.get(row, logits.argmax(row));
        double partition = 0;
        double weighted = 0;
        for (int column = 0; column < logits.columns(); column++) {
            double z = logits.get(row, column) - largest;
            double weight = Math.exp(z);
            partition += weight;
            // An infinite distance has no weight, and 0 times infinity no value.
            weighted += weight == 0 ? 0 : weight * z;
        }
        return Math.log(partition) - weighted / partition;
    }
}
