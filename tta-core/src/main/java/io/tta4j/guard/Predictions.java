package io.tta4j.guard;

import io.tta4j.model.Matrix;
import java.util.Arrays;

/**
 * What the logits of a batch say: classes and, in double precision, entropies. Rows that are not finite say nothing.
 */
final class Predictions {

    private final Matrix logits;

    private Predictions(Matrix logits) {
        this.logits = logits;
    }

    static Predictions of(Matrix logits) {
        return new Predictions(logits);
    }

    /** The entropy of one row in nats; NaN if a logit is not finite. */
    double entropy(int row) {
        double[] shifted = shifted(row);
        double sum = 0;
        double product = 0;
        for (double z : shifted) {
            double e = Math.exp(z);
            sum += e;
            product += e * z;
        }
        // With z shifted, log p = z - log sum, so that H = log sum - sum p z.
        return Math.log(sum) - product / sum;
    }

    /** The predicted class of each row that is finite. */
    float[] classes() {
        float[] classes = new float[logits.rows()];
        int size = 0;
        for (int row = 0; row < logits.rows(); row++) {
            if (logits.select(row).isFinite()) {
                classes[size++] = logits.argmax(row);
            }
        }
        return Arrays.copyOf(classes, size);
    }

    /** The entropy of each row that is finite, in nats. */
    float[] entropies() {
        float[] entropies = new float[logits.rows()];
        int size = 0;
        for (int row = 0; row < logits.rows(); row++) {
            if (logits.select(row).isFinite()) {
                entropies[size++] = (float) entropy(row);
            }
        }
        return Arrays.copyOf(entropies, size);
    }

    /** How often each class is predicted, over the rows that are finite. */
    float[] classCounts() {
        float[] counts = new float[logits.columns()];
        for (float k : classes()) {
            counts[(int) k]++;
        }
        return counts;
    }

    private double[] shifted(int row) {
        float[] values = logits.row(row);
        double max = Double.NEGATIVE_INFINITY;
        boolean finite = true;
        for (float value : values) {
            finite &= Float.isFinite(value);
            max = Math.max(max, value);
        }
        double[] shifted = new double[values.length];
        for (int k = 0; k < shifted.length; k++) {
            shifted[k] = finite ? values[k] - max : Double.NaN;
        }
        return shifted;
    }
}
