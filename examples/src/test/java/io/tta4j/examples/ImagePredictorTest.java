package io.tta4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.predictor.AdaptivePredictor;
import io.tta4j.sar.Sar;
import io.tta4j.sar.SarConfig;
import io.tta4j.sar.Tent;
import io.tta4j.stream.demo.TexturedShapes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** DJL's image classification Translator before and behind a model that adapts, on both engines. */
class ImagePredictorTest {

    private static final int SIZE = TexturedShapes.SIZE;

    /** All samples are reliable and none is redundant, so that every batch leads to a step. */
    private static final Method SAR = Sar.of(
            SarConfig.custom().learningRate(0.001).margin(10).redundancy(2).build());

    @TempDir
    private Path folder;

    @BeforeEach
    void writeNetworks() throws IOException {
        for (String ending : new String[] {".pt", ".onnx"}) {
            try (InputStream network = TexturedShapes.class.getResourceAsStream("textured-shapes-resnet-gn" + ending)) {
                Files.copy(Objects.requireNonNull(network), folder.resolve("shapes" + ending));
            }
        }
    }

    static Stream<Method> methods() {
        return Stream.of(Methods.source(), Tent.ofDefaults(), SAR);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void classifiesAsDjlDoesBeforeItAdapts(Method method) throws Exception {
        Criteria<Image, Classifications> criteria = criteria(".pt", "PyTorch");
        List<Image> images = images(1, 8);
        try (ZooModel<Image, Classifications> model = criteria.loadModel();
                Predictor<Image, Classifications> plain = model.newPredictor();
                Predictor<Image, Classifications> adaptive = AdaptivePredictor.of(criteria, method)) {
            assertThat(probabilities(adaptive.batchPredict(images)))
                    .isEqualTo(probabilities(plain.batchPredict(images)));
        }
    }

    /** The same network for DJL's engine for ONNX, which is not on the class path. */
    @Test
    void adaptsAnOnnxFileAlike() throws Exception {
        try (AdaptivePredictor<Image, Classifications> onnx =
                        AdaptivePredictor.of(criteria(".onnx", "OnnxRuntime"), SAR);
                AdaptivePredictor<Image, Classifications> torch =
                        AdaptivePredictor.of(criteria(".pt", "PyTorch"), SAR)) {
            List<Double> first = List.of();
            List<Double> last = List.of();
            for (int step = 0; step < 4; step++) {
                List<Image> images = images(0, 16);
                last = probabilities(onnx.batchPredict(images));
                List<Double> expected = probabilities(torch.batchPredict(images));
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(last.get(i)).isCloseTo(expected.get(i), within(1e-3));
                }
                first = step == 0 ? last : first;
            }
            assertThat(last).isNotEqualTo(first);
            assertThat(onnx.adaptiveModel().counters().steps()).isEqualTo(4);
        }
    }

    private Criteria<Image, Classifications> criteria(String ending, String engine) {
        return Criteria.builder()
                .setTypes(Image.class, Classifications.class)
                .optModelPath(folder.resolve("shapes" + ending))
                .optEngine(engine)
                .optTranslator(ImageClassificationTranslator.builder()
                        .addTransform(new ToTensor())
                        .optSynset(TexturedShapes.classNames())
                        .optApplySoftmax(true)
                        .build())
                .build();
    }

    private static List<Image> images(long seed, int count) {
        Random random = new Random(seed);
        return Stream.generate(() -> ImageFactory.getInstance()
                        .fromPixels(random.ints(SIZE * SIZE).toArray(), SIZE, SIZE))
                .limit(count)
                .toList();
    }

    /** Of all classes, image by image. */
    private static List<Double> probabilities(List<Classifications> found) {
        List<Double> probabilities = new ArrayList<>();
        for (Classifications one : found) {
            TexturedShapes.classNames()
                    .forEach(name -> probabilities.add(one.get(name).getProbability()));
        }
        return probabilities;
    }
}
