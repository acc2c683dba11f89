package io.tta4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.engine.OpenPass;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import io.tta4j.onnx.gradient.Differentiator;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.FloatPool;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.ThetaPool;
import java.util.Map;
import java.util.Set;

/** A pass that can be pulled back. What it started from stays in native memory until it is closed. */
abstract class AdaptedPass extends OpenPass {

    private final OnnxModel model;
    final AdaptationSessions sessions;
    final Feed feed;

    AdaptedPass(OnnxModel model, AdaptationSessions sessions, Feed feed, Vector theta, Outputs outputs) {
        super(model, theta, outputs);
        this.model = model;
        this.sessions = sessions;
        this.feed = feed;
    }

    @Override
    protected final boolean hasSampleGradients() {
        return sessions.perSample;
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
    protected final OpenPass again(Vector other, int... rows) {
        return model.repeat(() -> sessions.startRows.gather(feed.tensors(), rows), rows.length, other);
    }

    @Override
    protected final void free() {
        freeActivations();
        feed.close();
        model.release();
    }
}
