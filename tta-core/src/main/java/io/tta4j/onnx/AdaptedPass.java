package io.tta4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.gradient.Differentiator;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.FloatPool;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.ThetaPool;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A pass that can be pulled back. What it started from stays in native memory until it is closed.
 *
 * <p>Where samples are independent, a pullback runs over the rows whose seed is not zero and over no others.
 */
abstract class AdaptedPass implements Pass {

    private final OnnxModel model;
    final AdaptationSessions sessions;
    final Feed feed;
    final Vector theta;
    private final Matrix logits;
    private final Matrix output;
    private boolean closed;

    AdaptedPass(OnnxModel model, AdaptationSessions sessions, Feed feed, Vector theta, Matrix logits, Matrix output) {
        this.model = model;
        this.sessions = sessions;
        this.feed = feed;
        this.theta = theta;
        this.logits = logits;
        this.output = output;
    }

    /**
     * The gradient summed over rows, P values.
     *
     * @param seed of the given rows, none of them zero where samples are independent
     * @param rows at least one, ascending
     */
    abstract float[] gradient(Matrix seed, int... rows);

    /** The gradients of the given rows, one after the other, P values each; parameters as {@link #gradient}. */
    abstract float[] sampleGradients(Matrix seed, int... rows);

    @Override
    public final int rows() {
        return logits.rows();
    }

    @Override
    public final Matrix logits() {
        return logits;
    }

    @Override
    public final Matrix output() {
        return output;
    }

    @Override
    public final Vector pullback(Matrix seed) {
        requireFits(seed);
        int[] rows = rowsOf(seed);
        return rows.length == 0 ? Vector.zeros(theta.size()) : Vector.of(gradient(select(seed, rows), rows));
    }

    @Override
    public final Matrix samplePullback(Matrix seed) {
        requireFits(seed);
        if (!sessions.perSample) {
            throw new IllegalStateException("the model's samples must be independent for gradients of single samples,"
                    + " but they interact or are not laid out sample by sample");
        }
        int[] rows = rowsOf(seed);
        int size = theta.size();
        float[] all = new float[rows() * size];
        float[] found = rows.length == 0 ? new float[0] : sampleGradients(select(seed, rows), rows);
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(found, i * size, all, rows[i] * size, size);
        }
        return Matrix.of(rows(), size, all);
    }

    /** The rows that the gradient depends on. */
    private int[] rowsOf(Matrix seed) {
        IntStream rows = IntStream.range(0, rows());
        return (model.samplesIndependent() ? rows.filter(row -> !seed.isZero(row)) : rows).toArray();
    }

    private static Matrix select(Matrix seed, int... rows) {
        return rows.length == seed.rows() ? seed : seed.select(rows);
    }

    final boolean isEverything(int... rows) {
        return rows.length == rows();
    }

    /**
     * Runs a session with theta and a seed beside the given inputs.
     *
     * @return what is wanted, as a heap array
     */
    final float[] run(NativeSession session, Map<String, OnnxTensor> inputs, Matrix seed, String wanted) {
        try (ThetaPool.Lent lentTheta = model.thetas().lend(theta);
                FloatPool.Lent lentSeed = model.floats().lend(seed.toArray(), seed.rows(), seed.columns())) {
            inputs.put(Differentiator.SEED, lentSeed.tensor());
            inputs.put(Lifting.THETA, lentTheta.tensor());
            try (OrtSession.Result result = session.run(inputs, Set.of(wanted))) {
                return NativeTensors.floats(result, wanted);
            }
        }
    }

    /** Runs forward and backward over some rows of the inputs. */
    final float[] recompute(NativeSession session, Matrix seed, String wanted, int... rows) {
        try (Feed picked = sessions.pick(feed, rows(), rows)) {
            return run(session, picked.tensors(), seed, wanted);
        }
    }

    @Override
    public final Pass repeat(Vector other, int... rows) {
        requireOpen();
        if (rows.length == 0) {
            throw new IllegalArgumentException("rows must be at least one, but were none");
        }
        for (int row : rows) {
            // ONNX Runtime counts negative rows from the end.
            Objects.checkIndex(row, rows());
        }
        return model.repeat(() -> sessions.startRows.gather(feed.tensors(), rows), rows.length, other);
    }

    private void requireFits(Matrix seed) {
        requireOpen();
        if (seed.rows() != logits.rows() || seed.columns() != logits.columns()) {
            throw new IllegalArgumentException("seed must be of shape [%d, %d], but was [%d, %d]"
                    .formatted(logits.rows(), logits.columns(), seed.rows(), seed.columns()));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the pass is closed");
        }
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            freeActivations();
            feed.close();
            model.release();
        }
    }
}
