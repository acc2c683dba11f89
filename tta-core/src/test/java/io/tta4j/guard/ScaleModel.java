package io.tta4j.guard;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A model in closed form: {@code logit[i][k] = x[i][k] * theta[k]}, and theta is 1 at the source. */
final class ScaleModel implements AdaptableModel {

    private final int classes;

    /** Passes that were made for their answer alone. */
    int serves;

    /** Passes made and not closed. */
    int open;

    ScaleModel(int classes) {
        this.classes = classes;
    }

    /** A batch whose logits at the source are these. */
    static Batch batch(float[]... logits) {
        int columns = logits[0].length;
        float[] values = new float[logits.length * columns];
        for (int row = 0; row < logits.length; row++) {
            System.arraycopy(logits[row], 0, values, row * columns, columns);
        }
        return Batch.of("x", Tensor.of(values, logits.length, columns));
    }

    @Override
    public List<InputSpec> inputs() {
        return List.of(new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, (long) classes)));
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public AffineLayout layout() {
        return new AffineLayout(List.of(), classes);
    }

    @Override
    public Vector source() {
        float[] ones = new float[classes];
        Arrays.fill(ones, 1);
        return Vector.of(ones);
    }

    @Override
    public boolean samplesIndependent() {
        return true;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        open++;
        float[] logits = new float[batch.rows() * classes];
        Objects.requireNonNull(batch.inputs().get("x")).floats().get(logits);
        for (int i = 0; i < logits.length; i++) {
            logits[i] *= theta.get(i % classes);
        }
        return new ScalePass(this, batch, Matrix.of(batch.rows(), classes, logits));
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        serves++;
        return forward(batch, theta);
    }

    @Override
    public void close() {}

    private record ScalePass(ScaleModel model, Batch batch, Matrix logits) implements Pass {

        @Override
        public int rows() {
            return batch.rows();
        }

        @Override
        public Vector pullback(Matrix seed) {
            throw new UnsupportedOperationException("guards do not pull back");
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            throw new UnsupportedOperationException("guards do not pull back");
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            throw new UnsupportedOperationException("guards do not repeat");
        }

        @Override
        public void freeActivations() {
            throw new UnsupportedOperationException("guards do not free");
        }

        @Override
        public void close() {
            model.open--;
        }
    }
}
