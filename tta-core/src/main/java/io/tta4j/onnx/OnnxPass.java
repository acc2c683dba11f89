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
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.ThetaPool;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A traced forward run: inputs and activations stay in native memory until the pass is closed. */
final class OnnxPass implements Pass {

    private final OnnxModel model;
    private final AdaptationSessions sessions;
    private final Feed feed;
    private final Vector theta;
    private final OrtSession.Result trace;
    private final Matrix logits;
    private final Matrix output;
    private boolean closed;

    OnnxPass(
            OnnxModel model, AdaptationSessions sessions, Feed feed, Vector theta, OrtSession.Result trace, Head head) {
        this.model = model;
        this.sessions = sessions;
        this.feed = feed;
        this.theta = theta;
        this.trace = trace;
        try {
            this.logits = NativeTensors.matrix(trace, head.logits());
            this.output = head.isSoftmax() ? NativeTensors.matrix(trace, head.output()) : logits;
        } catch (RuntimeException | Error e) {
            trace.close();
            throw e;
        }
    }

    @Override
    public int rows() {
        return logits.rows();
    }

    @Override
    public Matrix logits() {
        return logits;
    }

    @Override
    public Matrix output() {
        return output;
    }

    @Override
    public Vector pullback(Matrix seed) {
        try (OrtSession.Result result = pull(seed, Differentiator.GRADIENT)) {
            return Vector.of(NativeTensors.floats(result, Differentiator.GRADIENT));
        }
    }

    @Override
    public Matrix samplePullback(Matrix seed) {
        requireOpen();
        if (!sessions.perSample) {
            throw new IllegalStateException("the model's samples must be independent for gradients of single samples,"
                    + " but they interact or are not laid out sample by sample");
        }
        try (OrtSession.Result result = pull(seed, Differentiator.SAMPLE_GRADIENT)) {
            return NativeTensors.matrix(result, Differentiator.SAMPLE_GRADIENT);
        }
    }

    private OrtSession.Result pull(Matrix seed, String wanted) {
        requireOpen();
        if (seed.rows() != logits.rows() || seed.columns() != logits.columns()) {
            throw new IllegalArgumentException("seed must be of shape [%d, %d], but was [%d, %d]"
                    .formatted(logits.rows(), logits.columns(), seed.rows(), seed.columns()));
        }
        try (ThetaPool.Lent lentTheta = model.thetas().lend(theta);
                FloatPool.Lent lentSeed = model.floats().lend(seed.toArray(), seed.rows(), seed.columns())) {
            Map<String, OnnxTensor> inputs = feed.tensors();
            inputs.keySet().retainAll(sessions.keptInputs);
            inputs.put(Differentiator.SEED, lentSeed.tensor());
            inputs.put(Lifting.THETA, lentTheta.tensor());
            sessions.kept.forEach(tensor -> inputs.put(tensor, NativeTensors.tensor(trace, tensor)));
            return sessions.pullback.run(inputs, Set.of(wanted));
        }
    }

    @Override
    public Pass repeat(Vector other, int... rows) {
        requireOpen();
        if (rows.length == 0) {
            throw new IllegalArgumentException("rows must be at least one, but were none");
        }
        for (int row : rows) {
            // ONNX Runtime counts negative rows from the end.
            Objects.checkIndex(row, rows());
        }
        return model.repeat(() -> sessions.rows.gather(feed, rows), other);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the pass is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            trace.close();
            feed.close();
            model.release();
        }
    }
}
