package io.tta4j.predictor;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.BaseModelLoader;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelLoader;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.util.passthrough.PassthroughNDManager;
import io.tta4j.djl.Offline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Loads ONNX models as DJL does, with their properties and Translator, but without DJL's engine for them: whoever has
 * the file runs it.
 */
final class OnnxLoader extends BaseModelLoader {

    private OnnxLoader(MRL place) {
        super(place);
    }

    /**
     * The loader for criteria that ask for an ONNX model and say where it is: by the engine's name, or, where they
     * leave that open, by what is there. Empty for others.
     */
    static Optional<OnnxLoader> of(Criteria<?, ?> criteria) throws IOException {
        if (criteria.getModelZoo() == null || LoadedModel.PYTORCH.equals(criteria.getEngine())) {
            return Optional.empty();
        }
        for (ModelLoader loader : criteria.getModelZoo().getModelLoaders()) {
            MRL place = loader.getMrl();
            Artifact artifact = place.match(criteria.getFilters());
            if (artifact != null && (criteria.getEngine() != null || holdsOnnx(place, artifact, criteria))) {
                return Optional.of(new OnnxLoader(place));
            }
        }
        return Optional.empty();
    }

    private static boolean holdsOnnx(MRL place, Artifact artifact, Criteria<?, ?> criteria) throws IOException {
        place.prepare(artifact, criteria.getProgress());
        Path folder = place.getRepository().getResourceDirectory(artifact);
        String name = criteria.getModelName() == null ? artifact.getName() : criteria.getModelName();
        return OnnxFolder.file(folder, ".pt", name)
                .or(() -> OnnxFolder.file(folder, ".onnx", name))
                .filter(file -> file.toString().endsWith(".onnx"))
                .isPresent();
    }

    @Override
    public <I, O> ZooModel<I, O> loadModel(Criteria<I, O> criteria)
            throws IOException, ModelNotFoundException, MalformedModelException {
        // Any engine will do that is there: it makes the Translator's arrays.
        String engine = Offline.call(Engine::getDefaultEngineName);
        return super.loadModel(criteria.toBuilder().optEngine(engine).build());
    }

    @Override
    protected Model createModel(
            Path folder, String name, Device device, Block block, Map<String, Object> arguments, String engine) {
        Model model = new OnnxFolder(name, arrays(engine), device == null ? Device.cpu() : device);
        arguments.forEach((key, value) -> model.setProperty(key, value.toString()));
        return model;
    }

    /** Without an engine of DJL's, arrays can be filled and read, and nothing else. */
    private static NDManager arrays(String engine) {
        return engine == null
                ? PassthroughNDManager.INSTANCE
                : Offline.call(() -> NDManager.newBaseManager(Device.cpu(), engine));
    }
}
