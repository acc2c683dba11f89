package io.tta4j.predictor;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import io.tta4j.djl.DjlEngine;
import io.tta4j.engine.Engines;
import io.tta4j.engine.InspectableModel;
import io.tta4j.engine.Inspection;
import io.tta4j.engine.LoadOptions;
import io.tta4j.model.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model as its Translator sees it, and as it adapts.
 *
 * @param model DJL's
 * @param network what runs
 * @param output the name of the output that adapts
 * @param owned whether DJL's model is closed with this
 */
record LoadedModel<I, O>(ZooModel<I, O> model, InspectableModel network, String output, boolean owned)
        implements AutoCloseable {

    /** The names of DJL's engines. */
    static final String PYTORCH = "PyTorch";

    static final String ONNX_RUNTIME = "OnnxRuntime";

    /** Loads what the criteria ask for; throws as {@link AdaptivePredictor#of(Criteria, io.tta4j.method.Method)}. */
    static <I, O> LoadedModel<I, O> of(Criteria<I, O> criteria, Optional<LoadOptions> options)
            throws IOException, ModelNotFoundException, MalformedModelException {
        ZooModel<I, O> model = load(criteria);
        try {
            LoadedModel<I, O> loaded = of(model, options);
            freeWeights(model);
            return new LoadedModel<>(model, loaded.network, loaded.output, true);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private static <I, O> ZooModel<I, O> load(Criteria<I, O> criteria)
            throws IOException, ModelNotFoundException, MalformedModelException {
        String engine = criteria.getEngine();
        if (engine != null && !engine.equals(PYTORCH) && !engine.equals(ONNX_RUNTIME)) {
            throw refused("the criteria", engine);
        }
        Optional<OnnxLoader> onnx = OnnxLoader.of(criteria);
        if (onnx.isPresent()) {
            return onnx.get().loadModel(criteria);
        }
        if (!ONNX_RUNTIME.equals(engine)) {
            DjlEngine.start();
        } else if (criteria.getModelZoo() != null) {
            throw new ModelNotFoundException(
                    "there must be a model where the criteria point, but there is none; " + criteria);
        }
        return criteria.loadModel();
    }

    /** Copies what DJL has loaded. */
    static <I, O> LoadedModel<I, O> of(ZooModel<I, O> model, Optional<LoadOptions> options) {
        InspectableModel network;
        LoadOptions chosen;
        if (model.getWrappedModel() instanceof OnnxFolder folder) {
            chosen = options.orElseGet(() -> on(folder.device()));
            network = onnx(folder, chosen);
            folder.describe(network, output(network.inspection(), chosen));
        } else {
            chosen = options.orElseGet(() -> on(model.getNDManager().getDevice()));
            String engine = model.getNDManager().getEngine().getEngineName();
            network = switch (engine) {
                case PYTORCH -> new DjlEngine().copy(model, chosen);
                case ONNX_RUNTIME -> onnx(model, chosen);
                default -> throw refused("model '" + model.getName() + "'", engine);
            };
        }
        return new LoadedModel<>(model, network, output(network.inspection(), chosen), false);
    }

    private static InspectableModel onnx(Model model, LoadOptions options) {
        Path file = OnnxFolder.file(model.getModelPath(), ".onnx", model.getName())
                .orElseThrow(() -> new ModelException(
                        "model '%s' must have been loaded from an ONNX file to be adapted, but there is none in %s; load it by its path"
                                .formatted(model.getName(), model.getModelPath())));
        return Engines.named("onnx").load(file, options);
    }

    private static LoadOptions on(Device device) {
        LoadOptions defaults = LoadOptions.ofDefaults();
        return new LoadOptions(
                device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu",
                defaults.threads(),
                defaults.inputShapes(),
                defaults.logits(),
                defaults.recompute(),
                defaults.rowsPerPass(),
                defaults.features());
    }

    /** Where a model ends in a softmax, the logits are no output. */
    private static String output(Inspection found, LoadOptions options) {
        return found.outputs().contains(found.logits())
                ? found.logits()
                : options.logits().orElse(found.outputs().get(0));
    }

    private static ModelException refused(String what, String engine) {
        return new ModelException(
                "%s must be on DJL's engine %s or %s to be adapted, but asks for '%s'; save the network as TorchScript or ONNX"
                        .formatted(what, PYTORCH, ONNX_RUNTIME, engine));
    }

    /** What DJL has loaded is of use to the Translator yet, its weights are not. */
    private static void freeWeights(Model model) {
        if (model.getBlock() instanceof AutoCloseable weights) {
            try {
                weights.close();
            } catch (Exception e) {
                throw new IllegalStateException("the weights of model '" + model.getName() + "' cannot be freed", e);
            }
        }
    }

    @Override
    public void close() {
        network.close();
        if (owned) {
            model.close();
        }
    }
}
