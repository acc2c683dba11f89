package io.tta4j.csfa;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A model whose features are its inputs, scaled and shifted by theta, D scales and D shifts; its logits are products of
 * the features with the rows of a classifier. At the source features are inputs.
 */
final class FeatureModel implements AdaptableModel {

    private final Matrix weights;
    private final boolean withFeatures;
    private final boolean withWeights;

    private FeatureModel(Matrix weights, boolean withFeatures, boolean withWeights) {
        this.weights = weights;
        this.withFeatures = withFeatures;
        this.withWeights = withWeights;
    }

    /**
     * A model with features.
     *
     * @param weights the classifier's: [C, D]
     */
    static FeatureModel of(Matrix weights) {
        return new FeatureModel(weights, true, true);
    }

    FeatureModel withoutFeatures() {
        return new FeatureModel(weights, false, false);
    }

    FeatureModel withoutWeights() {
        return new FeatureModel(weights, true, false);
    }

    /** A batch whose features at the source are these. */
    static Batch batch(Matrix features) {
        return Batch.of("x", Tensor.of(features.toArray(), features.rows(), features.columns()));
    }

    /** The same, a row a sample. */
    static Batch batch(float[]... features) {
        return batch(Matrix.concatenate(Arrays.stream(features)
                .map(row -> Matrix.of(1, row.length, row))
                .toList()));
    }

    private int width() {
        return weights.columns();
    }

    @Override
    public List<InputSpec> inputs() {
        return List.of(new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, (long) width())));
    }

    @Override
    public int classes() {
        return weights.rows();
    }

    @Override
    public OptionalInt features() {
        return withFeatures ? OptionalInt.of(width()) : OptionalInt.empty();
    }

    @Override
    public Optional<Matrix> classifierWeights() {
        return withWeights ? Optional.of(weights) : Optional.empty();
    }

    @Override
    public AffineLayout layout() {
        return new AffineLayout(
                List.of(new NormLayer("norm", NormKind.LAYER, width(), 0, OptionalInt.of(width()))), 2 * width());
    }

    @Override
    public Vector source() {
        float[] theta = new float[2 * width()];
        Arrays.fill(theta, 0, width(), 1);
        return Vector.of(theta);
    }

    @Override
    public boolean samplesIndependent() {
        return true;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        batch.requireFits(inputs());
        float[] x = new float[batch.rows() * width()];
        batch.inputs().values().iterator().next().floats().get(x);
        return new FeaturePass(Matrix.of(batch.rows(), width(), x), theta);
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return forward(batch, theta);
    }

    @Override
    public void close() {}

    private final class FeaturePass implements Pass {

        private final Matrix x;
        private final Matrix features;
        private final Matrix logits;

        FeaturePass(Matrix x, Vector theta) {
            this.x = x;
            float[] values = x.toArray();
            for (int i = 0; i < values.length; i++) {
                int d = i % width();
                values[i] = values[i] * theta.get(d) + theta.get(width() + d);
            }
            this.features = Matrix.of(x.rows(), width(), values);
            this.logits = features.times(weights.transposed());
        }

        @Override
        public int rows() {
            return x.rows();
        }

        @Override
        public Matrix logits() {
            return logits;
        }

        @Override
        public Matrix features() {
            return withFeatures ? features : Pass.super.features();
        }

        @Override
        public Vector pullback(Matrix seed) {
            Matrix samples = samplePullback(seed);
            Vector sum = Vector.zeros(2 * width());
            for (int row = 0; row < rows(); row++) {
                sum = sum.plus(Vector.of(samples.row(row)));
            }
            return sum;
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            Matrix onFeatures = seed.times(weights);
            float[] gradients = new float[rows() * 2 * width()];
            for (int row = 0; row < rows(); row++) {
                // A row of zeros contributes nothing, whatever its sample is.
                for (int d = 0; d < width() && !seed.isZero(row); d++) {
                    gradients[row * 2 * width() + d] = onFeatures.get(row, d) * x.get(row, d);
                    gradients[row * 2 * width() + width() + d] = onFeatures.get(row, d);
                }
            }
            return Matrix.of(rows(), 2 * width(), gradients);
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            return new FeaturePass(x.select(rows), theta);
        }

        @Override
        public void freeActivations() {
            // A pass of this model keeps nothing else than its inputs.
        }

        @Override
        public void close() {}
    }
}
