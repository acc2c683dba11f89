package io.tta4j.csfa.prototype;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Optional;

/**
 * The space in which features are compared: centred, so that what all samples have in common does not count, and, where
 * the spread within classes is known, whitened by it, so that a direction in which samples of one class differ anyway
 * counts for little. A cosine there is one of linear discriminant analysis.
 *
 * @param origin the mean of the source's features: D values
 * @param whitening W, so that {@code x W} has unit spread within classes: [D, D]; empty for none
 */
public record FeatureSpace(Vector origin, Optional<Matrix> whitening) {

    /**
     * The mean squared distance of samples from their class's mean, in this space.
     *
     * @param covariance within classes, of raw features: [D, D]
     */
    public double spread(Matrix covariance) {
        Matrix map = whitening.orElseGet(() -> identity(covariance.rows()));
        Matrix half = covariance.times(map);
        double trace = 0;
        for (int row = 0; row < half.rows(); row++) {
            for (int column = 0; column < half.columns(); column++) {
                trace += (double) map.get(row, column) * half.get(row, column);
            }
        }
        return trace;
    }

    private static Matrix identity(int size) {
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = 1;
        }
        return Matrix.of(size, size, values);
    }

    /**
     * Features in this space.
     *
     * @param features [N, D]
     * @param mean what to subtract: D values; the {@link #origin} for the source's data, the mean of the stream's
     *     features for the stream's
     * @return [N, D]
     */
    public Matrix place(Matrix features, Vector mean) {
        Matrix centred = features.minusRow(mean);
        return whitening.map(centred::times).orElse(centred);
    }
}
