package io.tta4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.engine.Features;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.engine.Leases;
import io.tta4j.engine.MissingEngineException;
import io.tta4j.engine.OpenPass;
import io.tta4j.engine.Outputs;
import io.tta4j.engine.ServedPass;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.BatchNorms;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Moments;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.AdaptationSessions.Keeping;
import io.tta4j.onnx.MovingSession.Moved;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.FloatPool;
import io.tta4j.onnx.session.NativeMemory;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.SharedWeights;
import io.tta4j.onnx.session.ThetaPool;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX classifier that can be adapted: the served file itself, on stock ONNX Runtime.
 *
 * <p>The scales and shifts of the norm layers become one flat input, theta, and the gradient with respect to it is
 * derived as a second ONNX graph. The source model is served by an untouched session of the original file; the sessions
 * that take theta are built when it is first needed.
 *
 * <p>With {@link OnnxOptions#features} every pass hands out features too, at its own theta. The session of the original
 * file then has one more output, and is otherwise as it is; where the file has the features only within one of its
 * operators or functions, the source state is served by the sessions that take theta, whose logits agree with the
 * original's but for rounding.
 *
 * <p>Where the model ends in a softmax, the source state's logits are the logarithms of its output: the logits up to a
 * constant of each row, which no softmax sees.
 *
 * <p>Thread-safe. {@link #close} waits for nobody: a pass that is open stays usable, {@link Pass#repeat} included, and
 * native memory is freed when the last one is closed.
 */
public final class OnnxModel implements InspectableModel {

    private final KnownModel known;
    private final Optional<NativeSession> original;
    private final ThetaPool thetas;
    private final FloatPool floats = new FloatPool();
    private final Leases leases;
    private final @Nullable OnnxModel whole;
    private final Map<Statistics, OnnxModel> views = new HashMap<>();
    private @Nullable SharedWeights weights;
    private @Nullable AdaptationSessions sessions;
    private @Nullable MovingSession moving;

    private OnnxModel(KnownModel known) {
        this.whole = null;
        this.known = known;
        this.original = known.open();
        this.thetas = new ThetaPool(known.layout().size());
        this.leases = new Leases("model '" + known.file().name() + "'", this::free);
    }

    /** A view of a model: it has sessions of its own, and all else is the model's. */
    private OnnxModel(OnnxModel whole, KnownModel known) {
        this.whole = whole;
        this.known = known;
        this.original = whole.original;
        this.thetas = whole.thetas;
        this.leases = whole.leases;
    }

    /**
     * Loads a file with default options.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no ONNX classifier, or cannot be adapted; the message says why
     * @throws MissingEngineException if ONNX Runtime or the ONNX classes are not on the class path
     */
    public static OnnxModel load(Path file) {
        // The options are of ONNX Runtime too.
        EngineLibraries.require();
        return load(file, OnnxOptions.ofDefaults());
    }

    /** Loads a file; throws as {@link #load(Path)}. */
    public static OnnxModel load(Path file, OnnxOptions options) {
        EngineLibraries.require();
        return load(ModelFile.at(file), options);
    }

    /**
     * Loads a model from memory; throws as {@link #load(Path)}.
     *
     * @param bytes the file's bytes, with all weights inside; not copied, must stay unchanged
     * @param name for messages
     */
    public static OnnxModel load(byte[] bytes, String name, OnnxOptions options) {
        EngineLibraries.require();
        return load(ModelFile.of(bytes, name), options);
    }

    private static OnnxModel load(ModelFile file, OnnxOptions options) {
        OnnxModel model = new OnnxModel(KnownModel.of(file, options));
        NativeMemory.trim();
        return model;
    }

    /**
     * What the engine finds in a file, adaptable or not.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no ONNX classifier
     */
    public static Inspection inspect(Path file, OnnxOptions options) {
        EngineLibraries.require();
        return Analysis.of(ModelFile.at(file), options).inspection();
    }

    /** What the engine found in the file, as {@link #inspect} says it. */
    @Override
    public Inspection inspection() {
        return known.inspection();
    }

    @Override
    public List<InputSpec> inputs() {
        return known.inputs().specs();
    }

    @Override
    public int classes() {
        return known.classes();
    }

    @Override
    public OptionalInt features() {
        return known.answers()
                .features()
                .map(Features::width)
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    @Override
    public Optional<Matrix> classifierWeights() {
        return known.classifierWeights();
    }

    @Override
    public AffineLayout layout() {
        return known.layout();
    }

    @Override
    public Vector source() {
        return known.source();
    }

    /** {@inheritDoc} Of the file, the files with its weights, and the layers that are adapted. */
    @Override
    public String fingerprint() {
        return known.file().fingerprint().with(layout(), source());
    }

    @Override
    public boolean samplesIndependent() {
        return known.samplesIndependent();
    }

    @Override
    public AdaptableModel withStatistics(Statistics statistics) {
        if (whole != null) {
            return whole.withStatistics(statistics);
        }
        if (statistics.useBatch()) {
            return view(statistics);
        }
        if (statistics.window().isPresent()
                && !statistics.whereThereAre()
                && batchNorms().isEmpty()) {
            throw known.withoutBatchNorm(statistics);
        }
        return this;
    }

    private synchronized OnnxModel view(Statistics statistics) {
        return views.computeIfAbsent(statistics, wanted -> new OnnxModel(this, known.withStatistics(wanted)));
    }

    @Override
    public Optional<BatchNorms> batchNorms() {
        return known.batchNorms();
    }

    /** {@inheritDoc} Slices of a batch, where {@link OnnxOptions#rowsPerPass} is set, move the moments in turn. */
    @Override
    public Observation observe(Batch batch, Vector theta, Moments moments, Vector rates) {
        BatchNorms norms = batchNorms().orElseThrow(() -> known.withoutBatchNorm(Statistics.MOVING));
        norms.requireFits(moments);
        norms.requireRates(rates);
        batch.requireFits(inputs());
        leases.acquire();
        try {
            List<Outputs> outputs = new ArrayList<>();
            Moments now = moments;
            for (Batch slice : slices(batch)) {
                try (Feed feed = Feed.of(slice)) {
                    Moved moved = moving().run(this, feed, theta, now, BatchNorms.weights(rates, slice.rows()));
                    outputs.add(moved.outputs());
                    now = moved.moments();
                }
            }
            return new Observation(new ServedPass(withMoments(now), batch, Outputs.concatenate(outputs)), now);
        } finally {
            leases.release();
        }
    }

    private List<Batch> slices(Batch batch) {
        int size = known.options().rowsPerPass();
        if (size == 0 || batch.rows() <= size) {
            return List.of(batch);
        }
        List<Batch> slices = new ArrayList<>();
        for (int from = 0; from < batch.rows(); from += size) {
            slices.add(batch.select(
                    IntStream.range(from, Math.min(from + size, batch.rows())).toArray()));
        }
        return slices;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        batch.requireFits(inputs());
        leases.acquire();
        return trace(adapting -> adapting.start(Feed.of(batch)), batch.rows(), theta)
                .over(() -> batch);
    }

    /** A pass over a feed of an open pass, which may have outlived the model's owner. */
    OpenPass repeat(Supplier<Feed> start, int rows, Vector theta) {
        leases.share();
        return trace(adapting -> start.get(), rows, theta);
    }

    /** A traced pass over a feed; the pass owns the feed and the lease that was taken. */
    private OpenPass trace(Function<AdaptationSessions, Feed> start, int rows, Vector theta) {
        @Nullable Feed feed = null;
        try {
            AdaptationSessions adapting = sessions();
            feed = start.apply(adapting);
            return pass(adapting, feed, rows, theta);
        } catch (RuntimeException | Error e) {
            if (feed != null) {
                feed.close();
            }
            leases.release();
            throw e;
        }
    }

    private OpenPass pass(AdaptationSessions adapting, Feed feed, int rows, Vector theta) {
        if (adapting.keeping.isPresent()) {
            Keeping keeping = adapting.keeping.get();
            OrtSession.Result trace = run(keeping.trace(), keeping.traced(), feed, theta);
            return TracedPass.of(this, adapting, keeping, feed, theta, trace);
        }
        return RecomputedPass.of(
                this,
                adapting,
                adapting.recompute.orElseThrow(),
                feed,
                rows,
                theta,
                known.options().rowsPerPass());
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        batch.requireFits(inputs());
        leases.acquire();
        try (Feed feed = Feed.of(batch)) {
            boolean untouched = whole == null && original.isPresent() && theta.equals(source());
            Outputs outputs = untouched ? runOriginal(original.get(), feed) : runAdapted(feed, theta);
            return new ServedPass(this, batch, outputs);
        } finally {
            leases.release();
        }
    }

    private Outputs runOriginal(NativeSession session, Feed feed) {
        Answers answers = known.answers();
        try (OrtSession.Result result = session.run(feed.tensors(), answers.tensorsOfFile())) {
            return answers.ofFile(result);
        }
    }

    private Outputs runAdapted(Feed feed, Vector theta) {
        AdaptationSessions adapting = sessions();
        try (OrtSession.Result result = run(adapting.serve, adapting.answers.tensors(), feed, theta)) {
            return adapting.answers.of(result);
        }
    }

    /** Runs a session of any theta. */
    OrtSession.Result run(NativeSession session, Set<String> outputs, Feed feed, Vector theta) {
        return run(session, outputs, feed.tensors(), theta);
    }

    /** Runs a session of any theta, which is added to the inputs. */
    OrtSession.Result run(NativeSession session, Set<String> outputs, Map<String, OnnxTensor> inputs, Vector theta) {
        try (ThetaPool.Lent lent = thetas.lend(theta)) {
            inputs.put(Lifting.THETA, lent.tensor());
            return session.run(inputs, outputs);
        }
    }

    private synchronized AdaptationSessions sessions() {
        AdaptationSessions built = sessions;
        if (built == null) {
            Analysis analysis = known.analyse();
            SharedWeights shared = whole == null ? weights(analysis) : whole.weights(analysis);
            built = new AdaptationSessions(analysis, known.options(), shared);
            sessions = built;
            NativeMemory.trim();
        }
        return built;
    }

    private synchronized MovingSession moving() {
        MovingSession built = moving;
        if (built == null) {
            Analysis analysis = known.analyse();
            built = new MovingSession(analysis, known.options(), weights(analysis));
            moving = built;
            NativeMemory.trim();
        }
        return built;
    }

    private synchronized SharedWeights weights(Analysis analysis) {
        SharedWeights made = weights;
        if (made == null) {
            made = SharedWeights.of(analysis.graph());
            weights = made;
        }
        return made;
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

    private synchronized void free() {
        views.values().forEach(OnnxModel::freeSessions);
        freeSessions();
        if (weights != null) {
            weights.close();
        }
        original.ifPresent(NativeSession::close);
        thetas.close();
    }

    private synchronized void freeSessions() {
        if (sessions != null) {
            sessions.close();
        }
        if (moving != null) {
            moving.close();
        }
    }

    @Override
    public void close() {
        if (whole == null) {
            leases.close();
        }
    }
}
