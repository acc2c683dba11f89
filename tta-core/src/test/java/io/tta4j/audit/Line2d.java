package io.tta4j.audit;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
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
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A model of one scale and one shift, {@code logits = (w x + b, -w x - b)}, and a method that descends their square.
 */
final class Line2d implements AdaptableModel {

    private final float scale;

    Line2d() {
        this(1);
    }

    /** @param scale the source's */
    Line2d(float scale) {
        this.scale = scale;
    }

    @Override
    public List<InputSpec> inputs() {
        return List.of(new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY)));
    }

    @Override
    public int classes() {
        return 2;
    }

    @Override
    public AffineLayout layout() {
        return new AffineLayout(List.of(new NormLayer("norm", NormKind.LAYER, 1, 0, OptionalInt.of(1))), 2);
    }

    @Override
    public Vector source() {
        return Vector.of(scale, 0);
    }

    @Override
    public boolean samplesIndependent() {
        return true;
    }

    static Batch batch(float... x) {
        return Batch.of("x", Tensor.of(x, x.length));
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        float[] x = new float[batch.rows()];
        batch.inputs().values().iterator().next().floats().get(x);
        return new LinePass(batch, x, theta);
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        return forward(batch, theta);
    }

    @Override
    public void close() {}

    private static final class LinePass implements Pass {

        private final Batch batch;
        private final float[] x;
        private final Vector theta;

        LinePass(Batch batch, float[] x, Vector theta) {
            this.batch = batch;
            this.x = x;
            this.theta = theta;
        }

        @Override
        public int rows() {
            return x.length;
        }

        @Override
        public Batch batch() {
            return batch;
        }

        @Override
        public Matrix logits() {
            float[] logits = new float[2 * x.length];
            for (int i = 0; i < x.length; i++) {
                logits[2 * i] = theta.get(0) * x[i] + theta.get(1);
                logits[2 * i + 1] = -logits[2 * i];
            }
            return Matrix.of(x.length, 2, logits);
        }

        @Override
        public Vector pullback(Matrix seed) {
            float onScale = 0;
            float onShift = 0;
            for (int i = 0; i < x.length; i++) {
                float onLogit = seed.get(i, 0) - seed.get(i, 1);
                onScale += onLogit * x[i];
                onShift += onLogit;
            }
            return Vector.of(onScale, onShift);
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            float[] gradients = new float[2 * x.length];
            for (int i = 0; i < x.length; i++) {
                float onLogit = seed.get(i, 0) - seed.get(i, 1);
                gradients[2 * i] = onLogit * x[i];
                gradients[2 * i + 1] = onLogit;
            }
            return Matrix.of(x.length, 2, gradients);
        }

        @Override
        public Pass repeat(Vector other, int... rows) {
            float[] selected = new float[rows.length];
            for (int i = 0; i < rows.length; i++) {
                selected[i] = x[rows[i]];
            }
            return new LinePass(batch.select(rows), selected, other);
        }

        @Override
        public void freeActivations() {}

        @Override
        public void close() {}
    }

    /**
     * Asks for all that a pass has: steps along the gradient where the rows with an even number are, from the largest
     * sample gradient, and keeps a count. Fails where the first logit is not finite.
     */
    static final class Descent implements Method {

        @Override
        public String name() {
            return "descent";
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            Matrix logits = pass.logits();
            if (!Float.isFinite(logits.get(0, 0))) {
                throw new IllegalArgumentException("logits must be finite");
            }
            Matrix samples = pass.samplePullback(logits);
            int[] rows = new int[(pass.rows() + 1) / 2];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = 2 * i;
            }
            Vector ahead = state.theta().plus(-0.01f, Vector.of(samples.row(0)));
            try (Pass there = pass.repeat(ahead, rows);
                    Pass own = model.serve(pass.batch(), model.source())) {
                Vector gradient = there.pullback(there.logits());
                float confidence = own.logits().get(0, 0);
                State stepped = state.withTheta(state.theta().plus(-0.003f, gradient))
                        .with("momentum", gradient)
                        .with("count", state.scalar("count").orElse(0) + confidence);
                return new Adaptation(
                        stepped,
                        new StepReport(pass.rows(), pass.rows(), rows.length, OptionalDouble.of(confidence), false));
            }
        }
    }
}
