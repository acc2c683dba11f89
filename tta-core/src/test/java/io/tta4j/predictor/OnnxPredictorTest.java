package io.tta4j.predictor;

import static io.tta4j.predictor.Networks.CLASSES;
import static io.tta4j.predictor.Networks.FEATURES;
import static io.tta4j.predictor.Networks.arrays;
import static io.tta4j.predictor.Networks.criteria;
import static io.tta4j.predictor.Networks.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Batchifier;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import io.tta4j.AdaptiveModel;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.model.Batch;
import io.tta4j.model.ModelException;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX files in DJL's own shape, beside what DJL's own engine for them answers. */
class OnnxPredictorTest {

    private static final String ENGINE = "OnnxRuntime";
    private static final Method DESCENT = new Descent(0.05f);

    @TempDir
    private Path folder;

    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private Path file = Path.of("");

    @BeforeEach
    void write() throws IOException {
        file = Networks.softmax(folder);
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    /** Named, or left open: by the file, or by what is in the folder. */
    @ParameterizedTest
    @ValueSource(strings = {"engine", "file", "folder"})
    void servesWhatDjlsEngineWould(String by) throws Exception {
        Criteria.Builder<NDList, NDList> criteria = criteria(by.equals("folder") ? folder : file);
        criteria.optModelName("net");
        if (by.equals("engine")) {
            criteria.optEngine(ENGINE);
        }
        try (ZooModel<NDList, NDList> zoo =
                        criteria(file).optEngine(ENGINE).build().loadModel();
                Predictor<NDList, NDList> plain = zoo.newPredictor();
                Predictor<NDList, NDList> adaptive = AdaptivePredictor.of(criteria.build(), Methods.source())) {
            NDArray found = adaptive.predict(arrays(manager, 1, 4, FEATURES)).singletonOrThrow();
            NDArray expected = plain.predict(arrays(manager, 1, 4, FEATURES)).singletonOrThrow();
            assertThat(found.toFloatArray()).isEqualTo(expected.toFloatArray());
            assertThat(found.getName()).isEqualTo(expected.getName()).isEqualTo("scores");
            assertThat(found.getShape()).isEqualTo(expected.getShape());
        }
    }

    @Test
    void adaptsAsTheModelItself() throws Exception {
        try (AdaptivePredictor<NDList, NDList> predictor =
                        AdaptivePredictor.of(criteria(file).optEngine(ENGINE).build(), DESCENT);
                OnnxModel direct = OnnxModel.load(file)) {
            AdaptiveModel expected = AdaptiveModel.of(direct, DESCENT);
            for (int i = 0; i < 3; i++) {
                Batch batch = Batch.of("x", Tensor.of(values(i, 4 * FEATURES), 4, FEATURES));
                assertThat(predictor
                                .predict(arrays(manager, i, 4, FEATURES))
                                .head()
                                .toFloatArray())
                        .isEqualTo(expected.predict(batch).output().toArray());
            }
            assertThat(predictor.adaptiveModel().state()).isEqualTo(expected.state());
            assertThat(expected.state().theta()).isNotEqualTo(direct.source());
        }
    }

    /** A model that DJL's own engine has loaded, with a batchifier; rows of the softmax sum to one. */
    @Test
    void adaptsAModelThatDjlsEngineHasLoaded() throws Exception {
        Criteria<NDList, NDList> criteria = criteria(folder)
                .optModelName("net")
                .optEngine(ENGINE)
                .optTranslator(new NoopTranslator(Batchifier.STACK))
                .build();
        List<NDList> samples = IntStream.range(0, 4)
                .mapToObj(i -> arrays(manager, i, FEATURES))
                .toList();
        try (ZooModel<NDList, NDList> zoo = criteria.loadModel();
                Predictor<NDList, NDList> plain = zoo.newPredictor();
                AdaptivePredictor<NDList, NDList> adaptive = AdaptivePredictor.of(zoo, DESCENT)) {
            assertThat(zoo.getNDManager().getEngine().getEngineName()).isEqualTo(ENGINE);
            List<NDList> expected = plain.batchPredict(samples);
            List<NDList> found = adaptive.batchPredict(samples);
            for (int i = 0; i < 4; i++) {
                float[] scores = found.get(i).singletonOrThrow().toFloatArray();
                assertThat(scores)
                        .hasSize(CLASSES)
                        .containsExactly(expected.get(i).singletonOrThrow().toFloatArray(), within(1e-6f));
                assertThat(scores[0] + scores[1] + scores[2]).isCloseTo(1, within(1e-6f));
            }
            assertThat(adaptive.adaptiveModel().counters().steps()).isEqualTo(1);
        }
    }

    @Test
    void feedsInputsByNameOrByPosition() throws Exception {
        Path two = Networks.twoInputs(folder);
        NDArray plus = arrays(manager, 1, 4, FEATURES).head();
        NDArray minus = arrays(manager, 2, 4, FEATURES).head();
        try (AdaptivePredictor<NDList, NDList> predictor =
                AdaptivePredictor.of(criteria(two).build(), Methods.source())) {
            float[] byPosition =
                    predictor.predict(new NDList(plus, minus)).head().toFloatArray();
            float[] swapped = predictor.predict(new NDList(minus, plus)).head().toFloatArray();
            plus.setName("plus");
            assertThatThrownBy(() -> predictor.predict(new NDList(plus, minus)))
                    .isInstanceOf(TranslateException.class)
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the Translator must name all of the inputs [plus, minus] or none of them, but named its arrays [plus, null]");
            minus.setName("minus");
            float[] byName = predictor.predict(new NDList(minus, plus)).head().toFloatArray();
            assertThat(byName).isEqualTo(byPosition).isNotEqualTo(swapped);
        }
    }

    /** Sees the model's properties and files, and what goes in and out. */
    private static final class ReadingTranslator implements NoBatchifyTranslator<float[], String> {

        private List<String> classes = List.of();

        @Override
        public void prepare(TranslatorContext context) throws IOException {
            Model model = context.getModel();
            try (var names = model.getArtifactAsStream("synset.txt")) {
                classes = new String(names.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
            }
            assertThat(model.getName()).isEqualTo("net");
            assertThat(model.getProperty("flavour")).isEqualTo("sweet");
            assertThat(model.describeInput().get("x")).isEqualTo(new Shape(-1, FEATURES));
            assertThat(model.describeOutput().get("scores")).isEqualTo(new Shape(-1, CLASSES));
        }

        @Override
        public NDList processInput(TranslatorContext context, float[] input) {
            return new NDList(context.getNDManager().create(input, new Shape(1, input.length)));
        }

        @Override
        public String processOutput(TranslatorContext context, NDList list) {
            return classes.get((int) list.get("scores").argMax(1).getLong(0));
        }
    }

    @Test
    void givesTheTranslatorItsModel() throws Exception {
        Files.writeString(folder.resolve("synset.txt"), "circle\nsquare\nstar\n");
        Files.writeString(folder.resolve("serving.properties"), "engine=OnnxRuntime\nflavour=sweet\n");
        Criteria<float[], String> criteria = Criteria.builder()
                .setTypes(float[].class, String.class)
                .optModelPath(folder)
                .optModelName("net")
                .optTranslator(new ReadingTranslator())
                .build();
        float[] sample = values(3, FEATURES);
        try (Predictor<float[], String> adaptive = AdaptivePredictor.of(criteria, DESCENT);
                OnnxModel direct = OnnxModel.load(file)) {
            int expected = AdaptiveModel.of(direct, Methods.source())
                    .predict(Batch.of("x", Tensor.of(sample, 1, FEATURES)))
                    .predictions()[0];
            assertThat(adaptive.predict(sample))
                    .isEqualTo(List.of("circle", "square", "star").get(expected));
        }
    }

    @Test
    void saysThatTheFileIsGone() throws Exception {
        try (ZooModel<NDList, NDList> zoo =
                criteria(file).optEngine(ENGINE).build().loadModel()) {
            Files.delete(file);
            assertThatThrownBy(() -> AdaptivePredictor.of(zoo, DESCENT))
                    .isInstanceOf(ModelException.class)
                    .hasMessageStartingWith(
                            "model 'net' must have been loaded from an ONNX file to be adapted, but there is none in");
        }
    }
}
