package io.tta4j.djl;

import static io.tta4j.djl.Modules.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.engine.Features;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DjlFeaturesTest {

    private static DjlModel load(String file, String features) {
        return DjlModel.load(small(file), DjlOptions.custom().features(features).build());
    }

    /** Numbers that PyTorch wrote beside the modules, at the source's theta and at another. */
    @ParameterizedTest
    @CsvSource({"features.pt, auto", "features-theta.pt, auto", "features-named.pt, embedding"})
    void handsOutWhatPyTorchFeedsTheClassifier(String file, String features) throws IOException {
        List<Float> reference = Files.readAllLines(small("features.txt")).stream()
                .map(Float::valueOf)
                .toList();
        Batch batch = Batch.of("x", Tensor.of(part(reference, 0, 288), 4, 2, 6, 6));
        Vector theta = Vector.of(part(reference, 316, 16));
        try (DjlModel model = load(file, features);
                Pass source = model.forward(batch, model.source());
                Pass moved = model.forward(batch, theta);
                Pass served = model.serve(batch, theta)) {
            assertThat(model.features()).hasValue(4);
            assertThat(model.classifierWeights()).contains(Matrix.of(3, 4, part(reference, 360, 12)));
            assertThat(source.logits().toArray()).containsExactly(part(reference, 288, 12), within(1e-5f));
            assertThat(source.features().toArray()).containsExactly(part(reference, 300, 16), within(1e-5f));
            for (Pass pass : List.of(moved, served)) {
                assertThat(pass.logits().toArray()).containsExactly(part(reference, 332, 12), within(1e-5f));
                assertThat(pass.features().toArray()).containsExactly(part(reference, 344, 16), within(1e-5f));
            }
        }
    }

    private static float[] part(List<Float> values, int from, int count) {
        float[] part = new float[count];
        IntStream.range(0, count).forEach(i -> part[i] = values.get(from + i));
        return part;
    }

    @Test
    void givesNoWeightsOfFeaturesThatTheLogitsAreNoProductOf() {
        try (DjlModel model = load("features-doubled.pt", Features.AUTO)) {
            assertThat(model.features()).as("[N, 4, 1]").hasValue(4);
            assertThat(model.classifierWeights()).isEmpty();
        }
    }

    @Test
    void takesTheLogitsOfAModuleThatPutsOutMore() {
        Batch batch;
        try (DjlModel plain = Modules.load("small.pt");
                DjlModel more = Modules.load("features.pt");
                DjlModel named = Modules.load("features-named.pt")) {
            batch = RandomSamples.of(plain.inputs(), 3);
            try (Pass expected = plain.serve(batch, plain.source());
                    Pass first = more.serve(batch, more.source());
                    Pass called = named.serve(batch, named.source())) {
                assertThat(first.logits()).isEqualTo(expected.logits());
                assertThat(called.logits()).isEqualTo(expected.logits());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "small.pt | auto | 'small.pt': features 'auto' must be an output beside the logits, but the outputs are [unnamed (5, 3)] | with_features in tools/djl/torchscript.py",
                "features.pt | pooled | but the outputs are [unnamed (5, 3), unnamed (5, 4)] | take features 'auto'",
                "features-named.pt | pooled | embedding (5, 4) | take features 'auto'",
                "features-map.pt | auto | a row for each sample, but for 5 samples they are of shape (5, 2, 6, 6) | pool or flatten",
                "features-batch.pt | auto | puts out 5 values a sample for 5 samples and 3 for 3 | what its classifier is fed",
            })
    void saysWhyFeaturesAreRefused(String file, String features, String reason, String remedy) {
        assertThatThrownBy(() -> load(file, features))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining(remedy);
    }
}
