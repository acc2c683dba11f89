package io.tta4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Moments;
import io.tta4j.model.Vector;
import io.tta4j.onnx.norm.MovingStatistics;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.FloatPool;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SharedWeights;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The forward pass that moves the statistics of batch norm on its way. */
final class MovingSession implements AutoCloseable {

    private final NativeSession session;
    private final Answers answers;
    private final Set<String> outputs;

    /** @param weights the model's frozen weights; must outlive the session */
    MovingSession(Analysis analysis, OnnxOptions options, SharedWeights weights) {
        answers = new Answers(analysis.head(), analysis.features());
        outputs = new LinkedHashSet<>(answers.tensors());
        outputs.addAll(List.of(MovingStatistics.MOVED_MEANS, MovingStatistics.MOVED_VARIANCES));
        session = NativeSession.open(
                analysis.moving().forward(answers.tensors()), Purpose.SERVING_ADAPTED, options.sessions(), weights);
    }

    /** What comes out of a run. */
    record Moved(Outputs outputs, Moments moments) {}

    /**
     * Runs forward.
     *
     * @param model lends native memory
     * @param weights of the batch in the moments, one for each channel, in (0, 1]
     */
    Moved run(OnnxModel model, Feed feed, Vector theta, Moments from, Vector weights) {
        try (FloatPool.Lent means = lend(model, from.means());
                FloatPool.Lent variances = lend(model, from.variances());
                FloatPool.Lent shares = lend(model, weights)) {
            Map<String, OnnxTensor> inputs = feed.tensors();
            inputs.put(MovingStatistics.MEANS, means.tensor());
            inputs.put(MovingStatistics.VARIANCES, variances.tensor());
            inputs.put(MovingStatistics.WEIGHTS, shares.tensor());
            try (OrtSession.Result result = model.run(session, outputs, inputs, theta)) {
                return new Moved(
                        answers.of(result),
                        new Moments(
                                vector(result, MovingStatistics.MOVED_MEANS),
                                vector(result, MovingStatistics.MOVED_VARIANCES)));
            }
        }
    }

    private static FloatPool.Lent lend(OnnxModel model, Vector values) {
        return model.floats().lend(values.toArray(), values.size());
    }

    private static Vector vector(OrtSession.Result result, String output) {
        return Vector.of(NativeTensors.floats(result, output));
    }

    @Override
    public void close() {
        session.close();
    }
}
