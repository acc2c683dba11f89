package io.tta4j.csfa.prototype;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;

/**
 * Calibrates the prototype of a new class without training (TEEN, Wang et al., "Few-Shot Class-Incremental Learning via
 * Training-Free Prototype Calibration", NeurIPS 2023, section 4). A mean of few samples lies too near to the classes
 * that the network was trained on, and in directions of its own samples; pulled towards a mean of those classes,
 * weighted by similarity, it stands more evenly among them:
 *
 * <pre>{@code
 * d = normalise(sum_b softmax_b(tau cos(c, p_b)) p_b)
 * p = (1 - lambda) c + lambda d
 * }</pre>
 *
 * @param lambda how far it is pulled, in 0..1; 0 leaves the mean as it is
 * @param tau how much nearer base classes count for more, at least 0
 */
public record Calibration(double lambda, double tau) {

    /**
     * The calibrated prototype, not normalised.
     *
     * @param mean c, the normalised mean of the class's features: D values
     * @param base p_b, normalised prototypes of the base classes, a row each: [C, D]
     */
    public Vector calibrate(Vector mean, Matrix base) {
        double[] weights = new double[base.rows()];
        double largest = Double.NEGATIVE_INFINITY;
        for (int b = 0; b < weights.length; b++) {
            weights[b] = tau * cosine(mean, base, b);
            largest = Math.max(largest, weights[b]);
        }
        double[] sum = new double[mean.size()];
        for (int b = 0; b < weights.length; b++) {
            // The softmax's denominator is left out: the sum is normalised.
            double weight = Math.exp(weights[b] - largest);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weight * base.get(b, i);
            }
        }
        double square = 0;
        for (double value : sum) {
            square += value * value;
        }
        double scale = square == 0 ? 0 : lambda / Math.sqrt(square);
        float[] calibrated = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            calibrated[i] = (float) ((1 - lambda) * mean.get(i) + scale * sum[i]);
        }
        return Vector.of(calibrated);
    }

    private static double cosine(Vector unit, Matrix units, int row) {
        double sum = 0;
        for (int i = 0; i < unit.size(); i++) {
            sum += (double) unit.get(i) * units.get(row, i);
        }
        return sum;
    }
}
