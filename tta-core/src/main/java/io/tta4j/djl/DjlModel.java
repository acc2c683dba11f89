package io.tta4j.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import io.tta4j.engine.Features;
import io.tta4j.engine.Fingerprint;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.engine.Leases;
import io.tta4j.engine.MissingEngineException;
import io.tta4j.engine.OpenPass;
import io.tta4j.engine.ServedPass;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormKind;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A TorchScript classifier that can be adapted, on the PyTorch engine of the Deep Java Library.
 *
 * <p>What adapts is the parameters of the norm layers, all else is frozen; the pullback is PyTorch's own. The first
 * output, or the one called {@code logits}, must be unnormalised class scores [N, C]. With {@link DjlOptions#features}
 * a second output is handed out as features, of a module that returns both.
 *
 * <p>Parameters are written into the module before a run at another theta. A module whose last argument is called
 * {@code theta} takes them as an input instead, one flat tensor laid out as {@link #layout()}, and then runs for any
 * number of threads at once; {@code tools/djl} exports such modules.
 *
 * <p>Batch norm stays on the statistics of training: DJL reaches parameters but no buffers.
 *
 * <p>Thread-safe. {@link #close} waits for nobody: a pass that is open stays usable, {@link Pass#repeat} included, and
 * native memory is freed when the last one is closed.
 */
public final class DjlModel implements InspectableModel {

    /** The outputs of a module have no names; the one to adapt may have this. */
    static final String LOGITS = "logits";

    /** The one that holds features may have this. */
    static final String FEATURES = "features";

    private final String name;
    private final Optional<Fingerprint> file;
    private final PtNDManager manager;
    private final ModulePool modules;
    private final Probe.Facts facts;
    private final List<InputSpec> inputs;
    private final boolean keepsActivations;
    private final Leases leases;

    private DjlModel(
            String name,
            Optional<Fingerprint> file,
            PtNDManager manager,
            ModulePool modules,
            Probe.Facts facts,
            List<InputSpec> inputs,
            boolean keepsActivations) {
        this.name = name;
        this.file = file;
        this.manager = manager;
        this.modules = modules;
        this.facts = facts;
        this.inputs = inputs;
        this.keepsActivations = keepsActivations;
        this.leases = new Leases("model '" + name + "'", manager::close);
    }

    /**
     * Loads a TorchScript file with default options.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws ModelException if it is no TorchScript classifier, or cannot be adapted; the message says why
     * @throws MissingEngineException if DJL or PyTorch's native code is missing
     */
    public static DjlModel load(Path file) {
        return load(file, DjlOptions.ofDefaults());
    }

    /** Loads a TorchScript file; throws as {@link #load(Path)}. */
    public static DjlModel load(Path file, DjlOptions options) {
        EngineLibraries.require();
        TorchScript script = TorchScript.read(file);
        try {
            Optional<Fingerprint> fingerprint = Optional.of(Fingerprint.of(List.of(file)));
            return load(file, String.valueOf(file.getFileName()), fingerprint, script, script, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A copy of a model that DJL has loaded, such as a {@code ZooModel}, which stays as it is and may be closed. It
     * need not be loaded with trainable parameters.
     *
     * @throws ModelException if the model is not one of DJL's PyTorch engine, or as {@link #load(Path)}
     */
    public static DjlModel of(Model model, DjlOptions options) {
        EngineLibraries.require();
        Block block = model.getBlock();
        if (!(block instanceof PtSymbolBlock module)) {
            throw new ModelException(
                    "model '%s' must be a TorchScript module on DJL's PyTorch engine, but is a %s; an ONNX file is adapted by io.tta4j.onnx.OnnxModel"
                            .formatted(model.getName(), block.getClass().getName()));
        }
        try {
            Path file = Files.createTempFile("tta4j", ".pt");
            try {
                try (OutputStream stream = Files.newOutputStream(file)) {
                    JniUtils.writeModule(module, stream, false);
                }
                TorchScript script = TorchScript.read(file);
                Optional<Path> original = original(model);
                Optional<Fingerprint> fingerprint =
                        original.isPresent() ? Optional.of(Fingerprint.of(List.of(original.get()))) : Optional.empty();
                TorchScript whole = original.map(TorchScript::read).orElse(script);
                return load(file, model.getName(), fingerprint, script, whole, options);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of a model, which has what a copy does not: the example that it was traced with. */
    private static Optional<Path> original(Model model) {
        return Optional.ofNullable(model.getModelPath())
                .map(folder -> folder.resolve(model.getName() + ".pt"))
                .filter(Files::isRegularFile);
    }

    /** @param original what is known of the inputs */
    private static DjlModel load(
            Path file,
            String name,
            Optional<Fingerprint> fingerprint,
            TorchScript script,
            TorchScript original,
            DjlOptions options) {
        PtNDManager manager = EngineLibraries.manager(options.device());
        try {
            NativeModule module = NativeModule.load(file, name, manager, script.takesTheta(), options.features());
            NormParameters candidates = Probe.requireLayers(name, module, script);
            List<InputSpec> inputs = original.inputs(name, options);
            Probe.Facts facts = Probe.of(name, module, candidates, inputs, options.features());
            return new DjlModel(
                    name,
                    fingerprint,
                    manager,
                    new ModulePool(module, manager, options.modules()),
                    facts,
                    inputs,
                    options.activations() == DjlOptions.Activations.KEPT);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public Inspection inspection() {
        return new Inspection(
                inputs,
                List.of(LOGITS),
                LOGITS,
                facts.classes(),
                false,
                facts.features(),
                facts.layout(),
                facts.samplesIndependent(),
                List.of(),
                List.of());
    }

    @Override
    public List<InputSpec> inputs() {
        return inputs;
    }

    @Override
    public int classes() {
        return facts.classes();
    }

    @Override
    public OptionalInt features() {
        return facts.features().map(Features::width).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    @Override
    public Optional<Matrix> classifierWeights() {
        return facts.classifierWeights();
    }

    @Override
    public AffineLayout layout() {
        return facts.layout();
    }

    @Override
    public Vector source() {
        return facts.source();
    }

    /**
     * {@inheritDoc} Of the module's file and the layers that are adapted; where DJL has loaded the model from
     * elsewhere, of the latter.
     */
    @Override
    public String fingerprint() {
        return file.map(held -> held.with(layout(), source())).orElseGet(InspectableModel.super::fingerprint);
    }

    @Override
    public boolean samplesIndependent() {
        return facts.samplesIndependent();
    }

    @Override
    public AdaptableModel withStatistics(Statistics statistics) {
        if (!statistics.equals(Statistics.SOURCE)
                && !statistics.whereThereAre()
                && layout().layers().stream().anyMatch(layer -> layer.kind() == NormKind.BATCH)) {
            throw new ModelException(
                    "'%s': batch norm cannot take statistics '%s' on the DJL engine, which does not reach the buffers of a module; leave statistics at source, or export the network as ONNX for io.tta4j.onnx.OnnxModel"
                            .formatted(name, statistics));
        }
        return InspectableModel.super.withStatistics(statistics);
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        requireFits(batch, theta);
        leases.acquire();
        return pass(owner -> Feed.of(owner, inputs, batch), theta).over(() -> batch);
    }

    /** A pass over what a pass was fed, which may have outlived the model's owner. */
    OpenPass repeat(Function<NDManager, NDList> feed, Vector theta) {
        requireFits(theta);
        leases.share();
        return pass(feed, theta);
    }

    /** The pass owns the lease that was taken. */
    private OpenPass pass(Function<NDManager, NDList> feed, Vector theta) {
        NDManager scope = manager.newSubManager();
        try {
            return DjlPass.of(this, scope, feed.apply(scope), theta, keepsActivations);
        } catch (RuntimeException | Error e) {
            scope.close();
            leases.release();
            throw e;
        }
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        requireFits(batch, theta);
        leases.acquire();
        try (NDManager scope = manager.newSubManager();
                ModulePool.Lent lent = modules.lend(theta)) {
            NativeModule.Run run = lent.module().forward(scope, Feed.of(scope, inputs, batch), theta, false);
            return new ServedPass(this, batch, run.outputs());
        } finally {
            leases.release();
        }
    }

    private void requireFits(Batch batch, Vector theta) {
        batch.requireFits(inputs);
        requireFits(theta);
    }

    private void requireFits(Vector theta) {
        int size = layout().size();
        if (theta.size() != size) {
            throw new IllegalArgumentException("theta must have %d values, but had %d".formatted(size, theta.size()));
        }
    }

    ModulePool modules() {
        return modules;
    }

    void release() {
        leases.release();
    }

    @Override
    public void close() {
        leases.close();
    }
}
