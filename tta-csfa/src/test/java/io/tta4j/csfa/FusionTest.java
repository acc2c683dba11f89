package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FusionTest {

    private static void assertRow(Matrix scores, int row, double... expected) {
        assertThat(scores.columns()).isEqualTo(expected.length);
        for (int c = 0; c < expected.length; c++) {
            assertThat((double) scores.get(row, c)).as("class %d", c).isCloseTo(expected[c], within(1e-6));
        }
    }

    /**
     * With head weight 2 and tau 10, base classes have 2 * 1 + 10 * 0.3 = 5 and 2 * 3 + 10 * 0.1 = 7: the second is the
     * better one and gets the larger base cosine, the first is (7 - 5) / 10 below. New classes lose the margin.
     */
    @Test
    void theClassifierChoosesAmongBaseClassesAndCosinesWhatIsNew() {
        Matrix logits = Matrix.of(1, 2, new float[] {1, 3});
        Matrix cosines = Matrix.of(1, 4, new float[] {0.3f, 0.1f, 0.32f, -0.5f});

        Matrix scores = new Fusion(2, 10).scores(logits, cosines, 0.05);

        assertRow(scores, 0, 0.1, 0.3, 0.27, -0.55);
        assertThat(scores.argmax(0)).isEqualTo(1);
        assertThat(new Fusion(2, 10).scores(logits, cosines, 0).argmax(0)).isEqualTo(2);
    }

    /** Below a tau of 1 differences of the joint score stay as they are. */
    @ParameterizedTest
    @CsvSource({"0, 0.3, -1.7", "0.5, 0.3, -1.6"})
    void aSmallTauLeavesDifferencesAsTheyAre(double tau, double best, double other) {
        Matrix scores = new Fusion(1, tau)
                .scores(Matrix.of(1, 2, new float[] {3, 1}), Matrix.of(1, 2, new float[] {0.1f, 0.3f}), 0);

        assertRow(scores, 0, best, other);
    }

    @Test
    void withoutAHeadWeightScoresAreCosines() {
        Matrix cosines = Matrix.of(2, 3, new float[] {0.3f, 0.1f, 0.2f, -0.3f, 0.9f, 0.7f});

        Matrix scores = new Fusion(0, 16).scores(Matrix.of(2, 2, new float[] {1, 300, -20, 4}), cosines, 0);

        assertRow(scores, 0, 0.3, 0.1, 0.2);
        assertRow(scores, 1, -0.3, 0.9, 0.7);
    }

    @Test
    void scoresOfSeveralRowsAreThoseOfEach() {
        Random random = new Random(3);
        float[] logits = new float[5 * 4];
        float[] cosines = new float[5 * 7];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = 2 * random.nextFloat() - 1;
            logits[i % logits.length] = (float) (4 * random.nextGaussian());
        }
        Fusion fusion = new Fusion(1, 16);
        Matrix allLogits = Matrix.of(5, 4, logits);
        Matrix allCosines = Matrix.of(5, 7, cosines);

        Matrix scores = fusion.scores(allLogits, allCosines, 0.1);

        for (int row = 0; row < 5; row++) {
            assertThat(fusion.scores(allLogits.select(row), allCosines.select(row), 0.1))
                    .isEqualTo(scores.select(row));
            float best = Math.max(
                    Math.max(allCosines.get(row, 0), allCosines.get(row, 1)),
                    Math.max(allCosines.get(row, 2), allCosines.get(row, 3)));
            assertThat(Math.max(
                            Math.max(scores.get(row, 0), scores.get(row, 1)),
                            Math.max(scores.get(row, 2), scores.get(row, 3))))
                    .as("the best base class has the best base cosine")
                    .isEqualTo(best);
        }
    }
}
