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
