package io.tta4j.sar;

import io.tta4j.method.Answer;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.sar.filter.PredictionAverage;
import io.tta4j.sar.objective.Softmax;
import java.util.stream.IntStream;

/**
 * Which classes a batch seems to have, and an answer that counts on it (ROID, Marsden et al., WACV 2024, section 3.5).
 * With r the mean of the batch's N predictions over C classes, smoothed by s = max(1/N, 1/C) / max r,
 *
 * <pre>{@code
 * prior_k = (r_k + s) / (1 + s C)        answer: softmax probabilities times the prior
 * }</pre>
 *
 * <p>which is the prior's logarithm on top of the logits. (The authors' code multiplies the logits themselves by it.)
 * Rows that are not finite count nowhere and stay as they are.
 */
final class ClassPrior {

    private final double[] logs;

    private ClassPrior(double[] logs) {
        this.logs = logs;
    }

    /** The prior of a batch of logits, shape [N, C]; all classes alike where no row is finite. */
    static ClassPrior of(Matrix logits) {
        int[] rows = IntStream.range(0, logits.rows())
                .filter(row -> logits.select(row).isFinite())
                .toArray();
        int classes = logits.columns();
        double[] logs = new double[classes];
        if (rows.length > 0) {
            float[] mean = PredictionAverage.of(logits, rows).probabilities().toArray();
            double largest =
                    IntStream.range(0, classes).mapToDouble(k -> mean[k]).max().orElseThrow();
            double smoothing = Math.max(1.0 / rows.length, 1.0 / classes) / largest;
            for (int k = 0; k < classes; k++) {
                logs[k] = Math.log((mean[k] + smoothing) / (1 + smoothing * classes));
            }
        }
        return new ClassPrior(logs);
    }

    /** The answer of a pass, corrected: the logits, and the model's own output in the form that it has. */
    Answer correct(Pass pass) {
        Matrix logits = corrected(pass.logits());
        return new Answer(logits, pass.output().equals(pass.logits()) ? logits : inTheFormOf(pass.output(), logits));
    }

    private Matrix corrected(Matrix logits) {
        float[] values = logits.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) logs[i % logs.length];
        }
        return Matrix.of(logits.rows(), logits.columns(), values);
    }

    /** Probabilities, or their logarithms: an output that is not the logits is one of these, the latter below zero. */
    private static Matrix inTheFormOf(Matrix output, Matrix logits) {
        float[] values = output.toArray();
        for (int row = 0; row < output.rows(); row++) {
            double[] probabilities = Softmax.of(logits.row(row));
            for (int k = 0; k < probabilities.length; k++) {
                int i = row * probabilities.length + k;
                values[i] = (float) (values[i] < 0 ? Math.log(probabilities[k]) : probabilities[k]);
            }
        }
        return Matrix.of(output.rows(), output.columns(), values);
    }
}
