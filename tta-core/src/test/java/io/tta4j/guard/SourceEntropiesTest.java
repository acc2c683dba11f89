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
        SourceEntropies source = new SourceEntropies(10, 5, Vector.of(0.2f, 0.5f, 0.5f, 0.5f, 0.8f));
        assertThat(source.rank(entropy)).isCloseTo(rank, within(1e-6));
    }

    @Test
    void ranksItsOwnSamplesEvenly() {
        Random random = new Random(1);
        float[] entropies = new float[5000];
        for (int i = 0; i < entropies.length; i++) {
            entropies[i] = (float) Math.pow(random.nextDouble(), 4);
        }
        SourceEntropies source = SourceEntropies.ofEntropies(10, entropies);
        double mean = 0;
        for (float entropy : entropies) {
            mean += source.rank(entropy) / entropies.length;
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
        assertThat(source.quantiles().get(0)).isZero();
        assertThat((double) source.quantiles().get(1)).isCloseTo(middle, within(1e-6));
        assertThat((double) source.quantiles().get(2)).isCloseTo(Math.log(2), within(1e-6));
    }

    @Test
    void readsWhatItWrites(@TempDir Path folder) throws Exception {
        SourceEntropies source = SourceEntropies.ofEntropies(10, 0.1f, 1e-9f, 2.3f);
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
                "{\"format\": \"tta4j source entropies\", \"version\": 1, \"samples\": 9, \"quantiles\": [0.1]}|2 quantiles",
                "{\"format\": \"tta4j source entropies\", \"version\": 1, \"samples\": 9, \"quantiles\": [0.2, 0.1]}|ascend",
                "{\"format\": \"tta4j source entropies\", \"version\": 1, \"samples\": 9, \"quantiles\": [0.2, \"x\"]}|finite"
            })
    void saysWhatIsWrongWithAFile(String contents, String message, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("entropies.json"), contents);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SourceEntropies.read(file))
                .withMessageContaining(message);
    }
}
