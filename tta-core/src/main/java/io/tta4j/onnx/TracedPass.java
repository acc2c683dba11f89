package io.tta4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import io.tta4j.onnx.AdaptationSessions.Keeping;
import io.tta4j.onnx.gradient.Differentiator;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeTensors;
import java.util.HashMap;
import java.util.Map;

/** A forward run whose activations stay in native memory for the pullback. */
final class TracedPass extends AdaptedPass {

    private final Keeping keeping;
    private final OrtSession.Result trace;
    private boolean freed;

    private TracedPass(
            OnnxModel model,
            AdaptationSessions sessions,
            Keeping keeping,
            Feed feed,
            Vector theta,
            OrtSession.Result trace,
            Outputs outputs) {
        super(model, sessions, feed, theta, outputs);
        this.keeping = keeping;
        this.trace = trace;
    }

    /** Takes over the feed and the trace; the trace is closed if this fails. */
    static TracedPass of(
            OnnxModel model,
            AdaptationSessions sessions,
            Keeping keeping,
            Feed feed,
            Vector theta,
            OrtSession.Result trace) {
        try {
            return new TracedPass(model, sessions, keeping, feed, theta, trace, sessions.answers.of(trace));
        } catch (RuntimeException | Error e) {
            trace.close();
            throw e;
        }
    }

    @Override
    protected float[] gradient(Matrix seed, int... rows) {
        return pull(seed, Differentiator.GRADIENT, rows);
    }

    @Override
    protected float[] sampleGradients(Matrix seed, int... rows) {
        return pull(seed, Differentiator.SAMPLE_GRADIENT, rows);
    }

    private float[] pull(Matrix seed, String wanted, int... rows) {
        if (freed) {
            throw new IllegalStateException("the pass has freed its activations and cannot be pulled back any more");
        }
        if (isEverything(rows)) {
            return run(keeping.pullback(), kept(), seed, wanted);
        }
        if (keeping.rows().isEmpty()) {
            return recompute(sessions.recompute.orElseThrow(), seed, wanted, rows);
        }
        Map<String, OnnxTensor> inputs = kept();
        try (Feed picked = keeping.rows().get().gather(inputs, rows)) {
            inputs.putAll(picked.tensors());
            return run(keeping.pullback(), inputs, seed, wanted);
        }
    }

    private Map<String, OnnxTensor> kept() {
        Map<String, OnnxTensor> tensors = new HashMap<>(feed.tensors());
        tensors.keySet().retainAll(keeping.keptOfStart());
        keeping.kept().forEach(tensor -> tensors.put(tensor, NativeTensors.tensor(trace, tensor)));
        return tensors;
    }

    @Override
    public void freeActivations() {
        if (!freed) {
            freed = true;
            trace.close();
        }
    }
}
