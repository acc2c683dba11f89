package io.tta4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.FloatPool;
import io.tta4j.onnx.session.Leases;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.ThetaPool;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX classifier that can be adapted: the served file itself, on stock ONNX Runtime.
 *
 * <p>The scales and shifts of the norm layers become one flat input, theta, and the gradient with respect to it is
 * derived as a second ONNX graph. The source model is served by an untouched session of the original file; the sessions
 * that take theta are built when it is first needed.
 *
 * <p>Thread-safe. {@link #close} waits for nobody: what is open stays usable, and native memory is freed when the last
 * pass is closed.
 */
public final class OnnxModel implements AdaptableModel {

    private final Analysis analysis;
    private final int intraOpThreads;
    private final NativeSession original;
    private final ThetaPool thetas;
    private final FloatPool floats = new FloatPool();
    private final Leases leases;
    private @Nullable AdaptationSessions sessions;

    private OnnxModel(Analysis analysis, OnnxOptions options) {
        this.analysis = analysis;
        this.intraOpThreads = options.intraOpThreads();
        this.original = NativeSession.open(analysis.file().bytes(), intraOpThreads);
        this.thetas = new ThetaPool(analysis.lifting().layout().size());
        this.leases = new Leases("model '" + analysis.file().name() + "'", this::free);
    }

    /**
     * Loads a file with default options.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no ONNX classifier, or cannot be adapted; the message says why
     */
    public static OnnxModel load(Path file) {
        return load(file, OnnxOptions.ofDefaults());
    }

    /** Loads a file; throws as {@link #load(Path)}. */
    public static OnnxModel load(Path file, OnnxOptions options) {
        return load(ModelFile.read(file), options);
    }

    /**
     * Loads a model from memory; throws as {@link #load(Path)}.
     *
     * @param bytes the file's bytes, with all weights inside; not copied, must stay unchanged
     * @param name for messages
     */
    public static OnnxModel load(byte[] bytes, String name, OnnxOptions options) {
        return load(ModelFile.parse(name, bytes), options);
    }

    private static OnnxModel load(ModelFile file, OnnxOptions options) {
        Analysis analysis = Analysis.of(file, options);
        analysis.requireAdaptable();
        return new OnnxModel(analysis, options);
    }

    /**
     * What the engine finds in a file, adaptable or not.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no ONNX classifier
     */
    public static OnnxInspection inspect(Path file, OnnxOptions options) {
        return Analysis.of(ModelFile.read(file), options).inspection();
    }

    @Override
    public List<InputSpec> inputs() {
        return analysis.inputs().specs();
    }

    @Override
    public int classes() {
        return analysis.classes();
    }

    @Override
    public AffineLayout layout() {
        return analysis.lifting().layout();
    }

    @Override
    public Vector source() {
        return analysis.lifting().source();
    }

    @Override
    public boolean samplesIndependent() {
        return analysis.facts().samplesIndependent();
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        analysis.inputs().requireAccepts(batch);
        return trace(() -> Feed.of(batch), theta);
    }

    /** A traced pass over a feed, which the pass owns. */
    Pass trace(Supplier<Feed> inputs, Vector theta) {
        leases.acquire();
        @Nullable Feed feed = null;
        try {
            AdaptationSessions adapting = sessions();
            feed = inputs.get();
            OrtSession.Result trace = run(adapting.trace, adapting.traced, feed, theta);
            return new OnnxPass(this, adapting, feed, theta, trace, analysis.head());
        } catch (RuntimeException e) {
            if (feed != null) {
                feed.close();
            }
            leases.release();
            throw e;
        }
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        analysis.inputs().requireAccepts(batch);
        Head head = analysis.head();
        boolean untouched = theta.equals(source()) && !head.isSoftmax();
        leases.acquire();
        try (Feed feed = Feed.of(batch);
                OrtSession.Result result = untouched
                        ? original.run(feed.tensors(), Set.of(head.output()))
                        : run(sessions().serve, sessions().answers, feed, theta)) {
            Matrix logits = NativeTensors.matrix(result, head.logits());
            return new ServedPass(
                    this, batch, logits, head.isSoftmax() ? NativeTensors.matrix(result, head.output()) : logits);
        } finally {
            leases.release();
        }
    }

    private OrtSession.Result run(NativeSession session, Set<String> outputs, Feed feed, Vector theta) {
        try (ThetaPool.Lent lent = thetas.lend(theta)) {
            Map<String, OnnxTensor> inputs = feed.tensors();
            inputs.put(Lifting.THETA, lent.tensor());
            return session.run(inputs, outputs);
        }
    }

    private synchronized AdaptationSessions sessions() {
        AdaptationSessions built = sessions;
        if (built == null) {
            built = new AdaptationSessions(analysis, intraOpThreads);
            sessions = built;
        }
        return built;
    }

    ThetaPool thetas() {
        return thetas;
    }

    FloatPool floats() {
        return floats;
    }

    void release() {
        leases.release();
    }

    private void free() {
        AdaptationSessions built = sessions;
        if (built != null) {
            built.close();
        }
        original.close();
        thetas.close();
    }

    @Override
    public void close() {
        leases.close();
    }
}
