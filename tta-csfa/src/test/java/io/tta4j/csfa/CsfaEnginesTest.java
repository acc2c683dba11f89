package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.AdaptiveModel;
import io.tta4j.csfa.prototype.SourceFeatures;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.djl.DjlModel;
import io.tta4j.djl.DjlOptions;
import io.tta4j.method.Recognition;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One network as ONNX and as TorchScript: CSFA's answers are the same, step after step. */
class CsfaEnginesTest {

    private static final int BATCH = 32;
    private static final double LOGITS = 1e-4;
    private static final double COSINES = 1e-4;
    private static final double THETA = 1e-5;

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(CsfaEnginesTest.class.getResource(name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Images, brighter the larger the shift is. */
    private static Batch images(AdaptableModel model, long seed, int count, float shift) {
        Random random = new Random(seed);
        float[] pixels = new float[count * 2 * 6 * 6];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = shift + (float) random.nextGaussian();
        }
        return Batch.of(model.inputs().get(0).name(), Tensor.of(pixels, count, 2, 6, 6));
    }

    /** What a source would know whose images have the labels that the network gives them. */
    private static SourcePrototypes prototypes(AdaptableModel model) {
        List<String> names =
                IntStream.range(0, model.classes()).mapToObj(Integer::toString).toList();
        SourceFeatures features = new SourceFeatures(names, model.features().orElseThrow());
        try (Pass pass = model.serve(images(model, 0, 400, 0), model.source())) {
            int[] labels = IntStream.range(0, pass.rows())
                    .map(row -> pass.logits().argmax(row))
                    .toArray();
            features.add(pass.features(), labels);
        }
        return features.prototypes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersTheSameOnBothEngines(boolean withSource) {
        try (OnnxModel onnx = OnnxModel.load(
                        file("small.onnx"),
                        OnnxOptions.custom().features("auto").build());
                DjlModel djl = DjlModel.load(
                        file("small.pt"), DjlOptions.custom().features("auto").build())) {
            CsfaConfig.Builder config = CsfaConfig.custom()
                    .sar(sar -> sar.learningRate(0.05).margin(1).resetThreshold(0));
            if (withSource) {
                config.prototypes(prototypes(onnx));
            }
            AdaptiveModel first = AdaptiveModel.of(onnx, Csfa.of(config.build()));
            AdaptiveModel second = AdaptiveModel.of(djl, Csfa.of(config.build()));
            for (int c = 0; c < 2; c++) {
                first.register("new" + c, images(onnx, 100 + c, 5, 3 * c - 1.5f));
                second.register("new" + c, images(djl, 100 + c, 5, 3 * c - 1.5f));
            }
            int named = 0;
            for (int k = 0; k < 8; k++) {
                float shift = 1.5f * (k % 3 - 1);
                Recognition expected = recognise(first, images(onnx, k, BATCH, shift));
                Recognition found = recognise(second, images(djl, k, BATCH, shift));

                assertThat(found.classes()).isEqualTo(expected.classes());
                assertClose(found.scores(), expected.scores(), COSINES);
                assertClose(rows(found.unknown()), rows(expected.unknown()), LOGITS);
                assertClose(rows(second.state().theta()), rows(first.state().theta()), THETA);
                named += (int) IntStream.range(0, BATCH)
                        .filter(row -> expected.name(row).startsWith("new"))
                        .count();
            }
            assertThat(named).as("samples called new").isBetween(1, 8 * BATCH - 1);
            assertThat(first.counters().steps()).isPositive();
            assertThat(second.counters()).isEqualTo(first.counters());
            assertThat(first.state().theta()).isNotEqualTo(onnx.source());
        }
    }

    private static Recognition recognise(AdaptiveModel adaptive, Batch batch) {
        return adaptive.predict(batch).recognition().orElseThrow();
    }

    private static Matrix rows(Vector vector) {
        return vector.asMatrix(vector.size(), 1);
    }

    private static void assertClose(Matrix found, Matrix expected, double tolerance) {
        assertThat(found.rows()).isEqualTo(expected.rows());
        for (int row = 0; row < found.rows(); row++) {
            for (int column = 0; column < found.columns(); column++) {
                double bound = tolerance * Math.max(1, Math.abs(expected.get(row, column)));
                assertThat((double) found.get(row, column))
                        .as("row %d, column %d", row, column)
                        .isCloseTo(expected.get(row, column), within(bound));
            }
        }
    }
}
