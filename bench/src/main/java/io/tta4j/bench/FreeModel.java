package io.tta4j.bench;

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
import java.util.List;
import java.util.OptionalInt;

/** A model whose answer is always the same one, at no cost. */
final class FreeModel implements AdaptableModel {

    static final int CLASSES = 10;

    private static final Pass PASS = new FreePass();

    private final Vector source = Vector.zeros(2 * CLASSES);

    @Override
    public List<InputSpec> inputs() {
        return List.of(new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, (long) CLASSES)));
    }

    @Override
    public int classes() {
        return CLASSES;
    }

    @Override
    public AffineLayout layout() {
        return new AffineLayout(
                List.of(new NormLayer("norm", NormKind.LAYER, CLASSES, 0, OptionalInt.of(CLASSES))), 2 * CLASSES);
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
        return PASS;
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return PASS;
    }

    @Override
    public void close() {
        // There is nothing to free.
    }

    private static final class FreePass implements Pass {

        private static final Matrix LOGITS = Matrix.of(1, CLASSES, new float[CLASSES]);

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public Matrix logits() {
            return LOGITS;
        }

        @Override
        public Vector pullback(Matrix seed) {
            return Vector.zeros(2 * CLASSES);
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            return Matrix.of(1, 2 * CLASSES, new float[2 * CLASSES]);
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            return this;
        }

        @Override
        public void freeActivations() {
            // None are kept.
        }

        @Override
        public void close() {
            // There is nothing to free.
        }
    }
}
