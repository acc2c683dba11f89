package io.tta4j.predictor;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * One request to a model that is named by its path and DJL's engine; for {@link MissingLibrariesTest}, which loads it
 * where libraries are missing.
 */
public final class PassthroughRequest implements BiFunction<String, float[], List<Float>> {

    private static final class RowTranslator implements NoBatchifyTranslator<float[], List<Float>> {

        @Override
        public NDList processInput(TranslatorContext context, float[] input) {
            NDManager manager = context.getNDManager();
            return new NDList(manager.create(input, new Shape(1, input.length)));
        }

        @Override
        public List<Float> processOutput(TranslatorContext context, NDList list) {
            float[] output = list.singletonOrThrow().toFloatArray();
            return IntStream.range(0, output.length).mapToObj(i -> output[i]).toList();
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<Float> apply(String path, float[] row) {
        Criteria<float[], List<Float>> criteria = Criteria.builder()
                .setTypes(float[].class, (Class<List<Float>>) (Class<?>) List.class)
                .optModelPath(Path.of(path))
                .optEngine(path.endsWith(".onnx") ? "OnnxRuntime" : "PyTorch")
                .optDevice(Device.cpu())
                .optTranslator(new RowTranslator())
                .build();
        try (Predictor<float[], List<Float>> predictor = AdaptivePredictor.of(criteria, new Descent(0.05f))) {
            return predictor.predict(row);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
