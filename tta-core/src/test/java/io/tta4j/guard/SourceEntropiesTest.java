package io.tta4j.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceEntropiesTest {

    /** Three of the five quantiles are 0.5. */
    @ParameterizedTest
    @CsvSource({"0.1, 0", "0.2, 0", "0.35, 0.125", "0.5, 0.5", "0.65, 0.875", "0.8, 1", "0.9, 1"})
    void ranksBetweenQuantiles(float entropy, double rank) {
        SourceEntropies source = one(0.2f, 0.5f, 0.5f, 0.5f, 0.8f);
        assertThat(source.rank(entropy, 0)).isCloseTo(rank, within(1e-6));
    }

    private static SourceEntropies one(float... quantiles) {
        return new SourceEntropies(9, Vector.of(0), Matrix.of(1, quantiles.length, quantiles));
    }

    /** Class 0 of low entropies, class 1 of high ones; 2 and 3 are rare and share a distribution, 4 never comes. */
    @Test
    void ranksWithinThePredictedClass() {
        float[] predicted = new float[240];
        float[] entropies = new float[240];
        for (int i = 0; i < 100; i++) {
            entropies[i] = i / 1000f;
            predicted[100 + i] = 1;
            entropies[100 + i] = 1 + i / 1000f;
        }
        for (int i = 0; i < 40; i++) {
            predicted[200 + i] = 2 + i % 2;
            entropies[200 + i] = 0.5f + i / 1000f;
        }
        SourceEntropies source = SourceEntropies.of(5, predicted, entropies);

        assertThat(source.groups()).isEqualTo(Vector.of(0, 1, 2, 2, -1));
        assertThat(source.quantiles().rows()).isEqualTo(3);
        assertThat(source.rank(0.0495f, 0)).isCloseTo(0.5, within(1e-4));
        assertThat(source.rank(0.0495f, 1)).isZero();
        assertThat(source.rank(1.0495f, 1)).isCloseTo(0.5, within(1e-4));
        assertThat(source.rank(1.0495f, 0)).isEqualTo(1);
        assertThat(source.rank(0.5195f, 2)).isCloseTo(0.5, within(1e-4));
        assertThat(source.rank(0.5195f, 3)).isCloseTo(0.5, within(1e-4));
        assertThat(source.rank(3, 4)).isEqualTo(0.5);
    }

    @Test
    void ranksItsOwnSamplesEvenly() {
        Random random = new Random(1);
        float[] entropies = new float[5000];
        for (int i = 0; i < entropies.length; i++) {
            entropies[i] = (float) Math.pow(random.nextDouble(), 4);
        }
        SourceEntropies source = SourceEntropies.of(1, new float[entropies.length], entropies);
        double mean = 0;
        for (float entropy : entropies) {
            mean += source.rank(entropy, 0) / entropies.length;
        }
        assertThat(mean).isCloseTo(0.5, within(0.002));
    }

    /** Softmax of (ln 3, 0) is (3/4, 1/4). */
    @Test
    void isOfPredictionsThatAreFinite() {
        float z = (float) Math.log(3);
        SourceEntropies source = SourceEntropies.of(Matrix.of(4, 2, new float[] {0, 0, z, 0, Float.NaN, 0, 100, -100}));
        double middle = -0.75 * Math.log(0.75) - 0.25 * Math.log(0.25);

        assertThat(source.samples()).isEqualTo(3);
        // All three are of class 0: the first of equals is what is predicted.
        float[] quantiles = source.quantiles().row(0);
        assertThat(quantiles[0]).isZero();
        assertThat((double) quantiles[quantiles.length / 2]).isCloseTo(middle, within(1e-6));
        assertThat((double) quantiles[quantiles.length - 1]).isCloseTo(Math.log(2), within(1e-6));
    }

    @Test
    void readsWhatItWrites(@TempDir Path folder) throws Exception {
        SourceEntropies source = SourceEntropies.of(3, new float[] {0, 0, 2}, new float[] {0.1f, 1e-9f, 2.3f});
        Path file = folder.resolve("entropies.json");
        try (OutputStream out = Files.newOutputStream(file)) {
            source.write(out);
        }
        assertThat(SourceEntropies.read(file)).isEqualTo(source);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not json|it is no JSON",
                "{}|format",
                "{\"format\": \"tta4j source entropies\", \"version\": 2}|version",
                "{\"format\": \"tta4j source entropies\", \"version\": 1, \"samples\": 9, \"quantiles\": [[0.1]]}|2 quantiles",
                "{\"format\": \"tta4j source entropies\", \"version\": 1, \"samples\": 9, \"quantiles\": [[0.2, 0.1]]}|ascend",
                "{\"format\": \"tta4j source entropies\", \"version\": 1, \"samples\": 9, \"quantiles\": [[0.2, \"x\"]]}|finite",
                "{\"format\": \"tta4j source entropies\", \"version\": 1, \"samples\": 9, \"groups\": [1], \"quantiles\": [[0, 1]]}|group"
            })
    void saysWhatIsWrongWithAFile(String contents, String message, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("entropies.json"), contents);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SourceEntropies.read(file))
                .withMessageContaining(message);
    }
}
