package io.tta4j.csfa.prototype;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Optional;

/**
 * What was learned once from labelled source data: where each class lies among the features, and how samples spread
 * around it. Immutable.
 *
 * @param classes the names of the C classes, in the model's order
 * @param counts how many samples each mean is of: C values
 * @param means raw means of the classes' features: [C, D]
 * @param covariance of the features within classes, pooled: [D, D]
 */
public record SourcePrototypes(List<String> classes, Vector counts, Matrix means, Matrix covariance) {

    /** @throws IllegalArgumentException if nothing is in it, the shapes do not go together, or a value is not finite */
    public SourcePrototypes {
        classes = List.copyOf(classes);
        int width = means.columns();
        if (classes.isEmpty() || width == 0) {
            throw new IllegalArgumentException(
                    "prototypes must be of at least one class and one feature, but were of %d and %d"
                            .formatted(classes.size(), width));
        }
        if (means.rows() != classes.size() || counts.size() != classes.size()) {
            throw new IllegalArgumentException(
                    "prototypes must have a mean and a count for each of %d classes, but had %s and %d"
                            .formatted(classes.size(), means, counts.size()));
        }
        if (covariance.rows() != width || covariance.columns() != width) {
            throw new IllegalArgumentException("the covariance of %d features must be [%d, %d], but was %s"
                    .formatted(width, width, width, covariance));
        }
        if (!counts.isFinite() || !means.isFinite() || !covariance.isFinite()) {
            throw new IllegalArgumentException("prototypes must be finite, but some value was not");
        }
    }

    /** D, the width of the features. */
    public int width() {
        return means.columns();
    }

    /** The mean of the classes' means, each counting the same: D values. */
    public Vector origin() {
        return means.meanRow();
    }

    /**
     * The space that belongs to these.
     *
     * @param shrinkage in 0..1, how far the covariance is drawn towards a multiple of the identity, which steadies it
     *     where samples are few; at 1 nothing is whitened
     */
    public FeatureSpace space(double shrinkage) {
        return new FeatureSpace(
                origin(), shrinkage == 1 ? Optional.empty() : Optional.of(Whitening.of(covariance, shrinkage)));
    }
}
