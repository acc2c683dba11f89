package io.tta4j.sar.objective;

import io.tta4j.model.Matrix;
import java.util.stream.IntStream;

/**
 * A loss on one sample's logits and its derivative with respect to them. The loss of a batch is a mean over samples;
 * the engine pulls its derivative back to theta.
 *
 * <p>Implementations are stateless and safe for use by many threads.
 */
public interface Objective {

    /**
     * The loss of one sample, in nats.
     *
     * @param logits C unnormalised class scores
     * @return NaN if a logit is not finite
     */
    double loss(float[] logits);

    /**
     * The derivative of {@link #loss}.
     *
     * @param logits C unnormalised class scores
     * @return dLoss / dLogits, C values; NaN if a logit is not finite
     */
    double[] derivative(float[] logits);

    /**
     * The mean loss over some rows.
     *
     * @param logits shape [N, C]
     * @param rows at least one row of the logits
     */
    default double mean(Matrix logits, int... rows) {
        return IntStream.of(rows).mapToDouble(row -> loss(logits.row(row))).sum() / rows.length;
    }

    /**
     * The derivative of {@code weight} times the sum of the losses over some rows.
     *
     * @param logits shape [N, C]
     * @param weight the weight of each of the rows: 1 / |S| for a mean over a set S
     * @param rows rows of the logits
     * @return dLoss / dLogits, shape [N, C]; zero outside the given rows
     */
    default Matrix seed(Matrix logits, double weight, int... rows) {
        int classes = logits.columns();
        float[] seed = new float[logits.rows() * classes];
        for (int row : rows) {
            double[] derivative = derivative(logits.row(row));
            for (int k = 0; k < classes; k++) {
                seed[row * classes + k] = (float) (weight * derivative[k]);
            }
        }
        return Matrix.of(logits.rows(), classes, seed);
    }
}
