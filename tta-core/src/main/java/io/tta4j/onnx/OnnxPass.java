package io.tta4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.gradient.Differentiator;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.session.Feeds;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.ThetaPool;
import java.util.Map;
import java.util.Set;

/** A traced forward run: the activations stay in native memory until the pass is closed. */
final class OnnxPass implements Pass {

    private final OnnxModel model;
    private final AdaptationSessions sessions;
    private final Batch batch;
    private final Vector theta;
    private final OrtSession.Result trace;
    private final Matrix logits;
    private final Matrix output;
    private boolean closed;

    OnnxPass(
            OnnxModel model,
            AdaptationSessions sessions,
            Batch batch,
            Vector theta,
            OrtSession.Result trace,
            Matrix logits,
            Matrix output) {
        this.model = model;
        this.sessions = sessions;
        this.batch = batch;
        this.theta = theta;
        this.trace = trace;
        this.logits = logits;
        this.output = output;
    }

    @Override
    public int rows() {
        return batch.rows();
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

    private OrtSession.Result pull(Matrix seed, String output) {
        requireOpen();
        if (seed.rows() != logits.rows() || seed.columns() != logits.columns()) {
            throw new IllegalArgumentException("seed must be of shape [%d, %d], but was [%d, %d]"
                    .formatted(logits.rows(), logits.columns(), seed.rows(), seed.columns()));
        }
        try (ThetaPool.Lent lent = model.lend(theta);
                Feeds feeds = new Feeds(batch);
                OnnxTensor seedTensor = NativeTensors.copy(seed)) {
            Map<String, OnnxTensor> inputs = feeds.tensors();
            inputs.keySet().retainAll(sessions.keptInputs);
            inputs.put(Differentiator.SEED, seedTensor);
            inputs.put(Lifting.THETA, lent.tensor());
            sessions.kept.forEach(tensor -> inputs.put(tensor, NativeTensors.tensor(trace, tensor)));
            return sessions.pullback.run(inputs, Set.of(output));
        }
    }

    @Override
    public Pass repeat(Vector theta, int... rows) {
        requireOpen();
        return model.forward(batch.select(rows), theta);
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
            model.release();
        }
    }
}
