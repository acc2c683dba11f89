package io.tta4j.sar.objective;

import io.tta4j.model.Matrix;
import java.util.Arrays;
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
     * The entropy that filters and weights judge a sample by, in nats. By default the loss, which most often is one.
     *
     * @param logits C unnormalised class scores
     * @return NaN if a logit is not finite
     */
    default double entropy(float[] logits) {
        return loss(logits);
    }

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
        double[] weights = new double[rows.length];
        Arrays.fill(weights, weight);
        return seed(logits, weights, rows);
    }

    /**
     * The derivative of a weighted sum of the losses over some rows.
     *
     * @param logits shape [N, C]
     * @param weights the weight of each of the rows
     * @param rows rows of the logits, as many
     * @return dLoss / dLogits, shape [N, C]; zero outside the given rows
     */
    default Matrix seed(Matrix logits, double[] weights, int... rows) {
        int classes = logits.columns();
        float[] seed = new float[logits.rows() * classes];
        for (int i = 0; i < rows.length; i++) {
            double[] derivative = derivative(logits.row(rows[i]));
            for (int k = 0; k < classes; k++) {
                seed[rows[i] * classes + k] = (float) (weights[i] * derivative[k]);
            }
        }
        return Matrix.of(logits.rows(), classes, seed);
    }

    /**
     * The entropy of a setting's text.
     *
     * @param setting the setting's full name for messages, such as {@code sar.objective}
     * @param text {@code entropy} for {@link SoftmaxEntropy}, {@code come} for {@link ConservativeEntropy}
     * @throws IllegalArgumentException if the text is neither
     */
    static Objective parse(String setting, String text) {
        return switch (text.strip()) {
            case "entropy" -> SoftmaxEntropy.INSTANCE;
            case "come" -> ConservativeEntropy.INSTANCE;
            default ->
                throw new IllegalArgumentException("%s must be entropy or come, but was '%s'".formatted(setting, text));
        };
    }
}
