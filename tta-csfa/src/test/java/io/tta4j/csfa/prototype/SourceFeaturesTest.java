package io.tta4j.csfa.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SourceFeaturesTest {

    private final SourceFeatures features = new SourceFeatures(List.of("cat", "dog"), 2);

    private void gather() {
        features.add(Matrix.of(3, 2, new float[] {1, 2, 0, 0, 0, 6}), 0, 1, 1);
        features.add(Matrix.of(2, 2, new float[] {3, 3, 3, 4}), 1, 0);
    }

    /**
     * Cats (1, 2), (3, 4) and dogs (0, 0), (0, 6), (3, 3): around their means they spread by (-1, -1), (1, 1), (-1,
     * -3), (-1, 3), (2, 0), whose products sum to 8, 2 and 20.
     */
    @Test
    void hasTheMeansOfClassesAndTheSpreadAroundThem() {
        gather();

        SourcePrototypes prototypes = features.prototypes();

        assertThat(prototypes.classes()).containsExactly("cat", "dog");
        assertThat(prototypes.counts()).isEqualTo(Vector.of(2, 3));
        assertThat(prototypes.means()).isEqualTo(Matrix.of(2, 2, new float[] {2, 3, 1, 3}));
        double[] expected = {8 / 5.0, 2 / 5.0, 2 / 5.0, 20 / 5.0};
        for (int i = 0; i < 4; i++) {
            assertThat((double) prototypes.covariance().get(i / 2, i % 2)).isCloseTo(expected[i], within(1e-6));
        }
    }

    private static Stream<Arguments> refused() {
        Matrix row = Matrix.of(1, 2, new float[] {9, 9});
        Matrix rows = Matrix.of(2, 2, new float[] {9, 9, 9, 9});
        return Stream.of(
                Arguments.of(Matrix.of(2, 2, new float[] {9, 9, 9, Float.NaN}), new int[] {0, 1}, "must be finite"),
                Arguments.of(rows, new int[] {0, 2}, "must be in 0..1, but one was 2"),
                Arguments.of(rows, new int[] {0, -1}, "must be in 0..1, but one was -1"),
                Arguments.of(rows, new int[] {0}, "must be of shape [1, 2] for as many labels, but were Matrix[2, 2]"),
                Arguments.of(
                        row, new int[] {0, 1}, "must be of shape [2, 2] for as many labels, but were Matrix[1, 2]"),
                Arguments.of(Matrix.of(1, 3, new float[3]), new int[] {0}, "must be of shape [1, 2]"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void takesNothingOfABatchThatItRefuses(Matrix batch, int[] labels, String problem) {
        gather();
        SourcePrototypes before = features.prototypes();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> features.add(batch, labels))
                .withMessageContaining(problem);

        assertThat(features.prototypes()).isEqualTo(before);
    }

    @Test
    void wantsSamplesOfEveryClass() {
        features.add(Matrix.of(1, 2, new float[2]), 0);

        assertThatIllegalArgumentException()
                .isThrownBy(features::prototypes)
                .withMessage("source data must have samples of every class, but had none of 'dog'");
    }
}
