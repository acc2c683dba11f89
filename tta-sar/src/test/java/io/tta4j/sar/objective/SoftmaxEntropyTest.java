package io.tta4j.sar.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxEntropyTest {

    private static final SoftmaxEntropy ENTROPY = SoftmaxEntropy.INSTANCE;

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 1000})
    void equalLogitsHaveTheLargestEntropyAndNoSlope(int classes) {
        float[] logits = new float[classes];
        Arrays.fill(logits, -123.5f);

        assertThat(ENTROPY.loss(logits)).isCloseTo(Math.log(classes), within(1e-12));
        for (double slope : ENTROPY.derivative(logits)) {
            assertThat(slope).isCloseTo(0, within(1e-15));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {50, 1e4f, 1e38f, Float.MAX_VALUE})
    void oneLargeLogitLeavesNoEntropy(float large) {
        float[] logits = {0, large, -large};

        assertThat(ENTROPY.loss(logits)).isBetween(0.0, 1e-19);
        for (double slope : ENTROPY.derivative(logits)) {
            assertThat(slope).isCloseTo(0, within(1e-19));
        }
    }

    /** By hand: probabilities 1/2, 1/4, 1/4 have 1.5 bits; -p (log p + H) is -1/4 ln 2 and twice 1/8 ln 2. */
    @Test
    void threeClassesByHand() {
        float ln2 = (float) Math.log(2);
        float[] logits = {ln2, 0, 0};

        assertThat(ENTROPY.loss(logits)).isCloseTo(1.5 * Math.log(2), within(1e-7));
        assertThat(ENTROPY.derivative(logits))
                .containsExactly(
                        new double[] {-0.25 * Math.log(2), 0.125 * Math.log(2), 0.125 * Math.log(2)}, within(1e-7));
    }

    /** Two classes: with d the difference of the logits and p = sigmoid(d), dH/dz = -p (1 - p) d and its negative. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "0, 1", "3.5, -2", "-100, -90", "20, 50"})
    void twoClassesInClosedForm(float a, float b) {
        double d = (double) a - b;
        double p = 1 / (1 + Math.exp(-d));
        double q = 1 / (1 + Math.exp(d));
        double entropy = p * Math.log1p(Math.exp(-d)) + q * Math.log1p(Math.exp(d));

        assertThat(ENTROPY.loss(new float[] {a, b})).isCloseTo(entropy, within(1e-12));
        assertThat(ENTROPY.derivative(new float[] {a, b}))
                .containsExactly(new double[] {-p * q * d, p * q * d}, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "10, 3", "10, 30", "100, 5", "1000, 2"})
    void equalsTheTextbookSumAndItsCentralDifferences(int classes, double spread) {
        Random random = new Random(7);
        for (int trial = 0; trial < 20; trial++) {
            float[] logits = new float[classes];
            double[] z = new double[classes];
            for (int k = 0; k < classes; k++) {
                logits[k] = (float) (spread * random.nextGaussian());
                z[k] = logits[k];
            }

            assertThat(ENTROPY.loss(logits)).isCloseTo(textbook(z), within(1e-12));
            double[] derivative = ENTROPY.derivative(logits);
            double h = 1e-5;
            for (int k = 0; k < Math.min(classes, 20); k++) {
                double[] up = z.clone();
                double[] down = z.clone();
                up[k] += h;
                down[k] -= h;
                assertThat(derivative[k]).isCloseTo((textbook(up) - textbook(down)) / (2 * h), within(1e-9));
            }
            assertThat(Arrays.stream(derivative).sum()).as("shift invariance").isCloseTo(0, within(1e-12));
        }
    }

    private static double textbook(double[] z) {
        double sum = Arrays.stream(z).map(Math::exp).sum();
        return Arrays.stream(z)
                .map(value -> Math.exp(value) / sum)
                .map(p -> p == 0 ? 0 : -p * Math.log(p))
                .sum();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aLogitThatIsNotFiniteGivesNaN(float bad) {
        assertThat(ENTROPY.loss(new float[] {1, bad, 2})).isNaN();
        assertThat(ENTROPY.loss(new float[] {bad, bad, bad})).isNaN();
        assertThat(ENTROPY.derivative(new float[] {1, bad, 2})).contains(Double.NaN);
    }

    @Test
    void theSeedOfAMeanIsZeroOutsideItsRows() {
        Matrix logits = Matrix.of(3, 2, new float[] {1, 0, Float.NaN, 5, 0, 2});

        Matrix seed = ENTROPY.seed(logits, 0.5, 0, 2);

        double first = 0.5 * -ENTROPY.derivative(new float[] {1, 0})[1];
        double third = 0.5 * ENTROPY.derivative(new float[] {0, 2})[0];
        assertThat(seed)
                .isEqualTo(Matrix.of(
                        3, 2, new float[] {(float) first, (float) -first, 0, 0, (float) third, (float) -third}));
        assertThat(ENTROPY.mean(logits, 0, 2))
                .isEqualTo((ENTROPY.loss(new float[] {1, 0}) + ENTROPY.loss(new float[] {0, 2})) / 2);
    }
}
