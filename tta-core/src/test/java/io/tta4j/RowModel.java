package io.tta4j;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * One number a row, one parameter, two classes: the logits are {@code theta x} and {@code -theta x}, so that gradients
 * are exact for small whole numbers. A forward pass tells how many rows it has before it runs.
 */
public final class RowModel implements AdaptableModel {

    /** Passes that are open. */
    public final AtomicInteger open = new AtomicInteger();

    /** The rows of each forward pass. */
    public final List<Integer> forwards = new CopyOnWriteArrayList<>();

    /** Is told the rows of each forward pass, before it runs. */
    public volatile IntConsumer onForward = rows -> {};

    public static Batch batch(float... x) {
        return Batch.of("x", Tensor.of(x, x.length));
    }

    /** Another trailing shape. */
    public static Batch column(float... x) {
        return Batch.of("x", Tensor.of(x, x.length, 1));
    }

    /** Adds the sum of what it sees to theta, which the gradient of the first logits' sum is. */
    public static final class Summing implements Method {

        @Override
        public String name() {
            return "summing";
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            float[] seed = new float[2 * pass.rows()];
            for (int i = 0; i < seed.length; i += 2) {
                seed[i] = 1;
            }
            Vector sum = pass.pullback(Matrix.of(pass.rows(), 2, seed));
            return new Adaptation(
                    state.withTheta(state.theta().plus(sum)),
                    new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.of(0.5), false));
        }
    }

    @Override
    public List<InputSpec> inputs() {
        return List.of();
    }

    @Override
    public int classes() {
        return 2;
    }

    @Override
    public AffineLayout layout() {
        return new AffineLayout(List.of(), 1);
    }

    @Override
    public Vector source() {
        return Vector.of(1);
    }

    @Override
    public boolean samplesIndependent() {
        return true;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        Pass pass = serve(batch, theta);
        try {
            onForward.accept(batch.rows());
        } catch (RuntimeException | Error e) {
            pass.close();
            throw e;
        }
        forwards.add(batch.rows());
        return pass;
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        Tensor tensor = batch.inputs().get("x");
        if (tensor == null) {
            throw new IllegalArgumentException("a batch must have an input 'x', but had " + batch);
        }
        float[] x = new float[tensor.rows()];
        tensor.floats().get(x);
        open.incrementAndGet();
        return new RowPass(batch, x, theta);
    }

    @Override
    public void close() {}

    private final class RowPass implements Pass {

        private final Batch batch;
        private final float[] x;
        private final Vector theta;

        RowPass(Batch batch, float[] x, Vector theta) {
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
                logits[2 * i] = theta.get(0) * x[i];
                logits[2 * i + 1] = -theta.get(0) * x[i];
            }
            return Matrix.of(x.length, 2, logits);
        }

        @Override
        public Vector pullback(Matrix seed) {
            float sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += (seed.get(i, 0) - seed.get(i, 1)) * x[i];
            }
            return Vector.of(sum);
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            float[] gradients = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                gradients[i] = (seed.get(i, 0) - seed.get(i, 1)) * x[i];
            }
            return Matrix.of(x.length, 1, gradients);
        }

        @Override
        public Pass repeat(Vector other, int... rows) {
            return forward(Objects.requireNonNull(batch.select(rows)), other);
        }

        @Override
        public void freeActivations() {}

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
