package io.tta4j.stream;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model whose answers are known: for an image of one RGB pixel and a theta of one value, it answers the class
 * {@code (red + theta) mod 4}. Its one feature is the red.
 */
public final class PixelModel implements AdaptableModel {

    public static final int CLASSES = 4;

    private final Vector source = Vector.of(0f);

    @Override
    public List<InputSpec> inputs() {
        return List.of(new InputSpec("image", ElementType.FLOAT32, List.of(InputSpec.ANY, 3L, 1L, 1L)));
    }

    @Override
    public int classes() {
        return CLASSES;
    }

    @Override
    public OptionalInt features() {
        return OptionalInt.of(1);
    }

    @Override
    public AffineLayout layout() {
        return new AffineLayout(List.of(new NormLayer("norm", NormKind.LAYER, 1, 0, OptionalInt.empty())), 1);
    }

    @Override
    public Vector source() {
        return source;
    }

    @Override
    public boolean samplesIndependent() {
        return true;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        FloatBuffer pixels = batch.inputs().values().iterator().next().floats();
        float[] logits = new float[batch.rows() * CLASSES];
        float[] features = new float[batch.rows()];
        for (int row = 0; row < batch.rows(); row++) {
            int red = Math.round(255 * pixels.get(3 * row));
            features[row] = red;
            logits[row * CLASSES + (red + Math.round(theta.slice(0, 1)[0])) % CLASSES] = 1;
        }
        return new KnownPass(Matrix.of(batch.rows(), CLASSES, logits), Matrix.of(batch.rows(), 1, features));
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return forward(batch, theta);
    }

    @Override
    public void close() {}

    private record KnownPass(Matrix logits, Matrix features) implements Pass {

        @Override
        public int rows() {
            return logits.rows();
        }

        @Override
        public Vector pullback(Matrix seed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void freeActivations() {}

        @Override
        public void close() {}
    }
}
