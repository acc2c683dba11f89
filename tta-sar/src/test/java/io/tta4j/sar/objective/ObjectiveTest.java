package io.tta4j.sar.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objectives against the sums of their papers, written down in double precision, and central differences of these. */
class ObjectiveTest {

    private static final double STEP = 1e-5;

    static Stream<Arguments> objectives() {
        return Stream.of(
                Arguments.of(ConservativeEntropy.INSTANCE, (ToDoubleFunction<double[]>) ObjectiveTest::opinionEntropy),
                Arguments.of(SoftLikelihoodRatio.INSTANCE, (ToDoubleFunction<double[]>) ObjectiveTest::likelihoodRatio),
                Arguments.of(PseudoLabelCrossEntropy.INSTANCE, (ToDoubleFunction<double[]>)
                        z -> -Math.log(max(softmax(z)))));
    }

    private static double[] softmax(double[] z) {
        double sum = Arrays.stream(z).map(Math::exp).sum();
        return Arrays.stream(z).map(value -> Math.exp(value) / sum).toArray();
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }

    private static double opinionEntropy(double[] z) {
        double total = Arrays.stream(z).map(Math::exp).sum() + z.length;
        double beliefs = Arrays.stream(z)
                .map(value -> Math.exp(value) / total + 1e-7)
                .map(b -> -b * Math.log(b))
                .sum();
        double u = z.length / total + 1e-7;
        return beliefs - u * Math.log(u);
    }

    private static double likelihoodRatio(double[] z) {
        return Arrays.stream(softmax(z))
                .map(p -> Math.min(p, 0.99))
                .map(p -> -p * Math.log(p / (1 - p) + 1e-5))
                .sum();
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void equalsTheTextbookSumAndItsCentralDifferences(Objective objective, ToDoubleFunction<double[]> textbook) {
        Random random = new Random(3);
        for (int classes : new int[] {2, 10, 100}) {
            for (double spread : new double[] {0.5, 2, 5}) {
                float[] logits = new float[classes];
                double[] z = new double[classes];
                for (int k = 0; k < classes; k++) {
                    logits[k] = (float) (spread * random.nextGaussian());
                    z[k] = logits[k];
                }
                double[] slope = new double[classes];
                for (int k = 0; k < classes; k++) {
                    double[] up = z.clone();
                    double[] down = z.clone();
                    up[k] += STEP;
                    down[k] -= STEP;
                    slope[k] = (textbook.applyAsDouble(up) - textbook.applyAsDouble(down)) / (2 * STEP);
                }

                assertThat(objective.loss(logits)).isCloseTo(textbook.applyAsDouble(z), within(1e-10));
                assertThat(objective.derivative(logits))
                        .containsExactly(
                                objective == ConservativeEntropy.INSTANCE ? orthogonal(slope, z) : slope, within(1e-7));
            }
        }
    }

    private static double[] orthogonal(double[] slope, double[] z) {
        double along = 0;
        for (int k = 0; k < z.length; k++) {
            along += slope[k] * z[k];
        }
        double share = along / Arrays.stream(z).map(value -> value * value).sum();
        double[] orthogonal = slope.clone();
        for (int k = 0; k < z.length; k++) {
            orthogonal[k] -= share * z[k];
        }
        return orthogonal;
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void aLogitThatIsNotFiniteGivesNaN(Objective objective, ToDoubleFunction<double[]> textbook) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThat(objective.loss(new float[] {1, bad, 2})).isNaN();
            assertThat(objective.entropy(new float[] {1, bad, 2})).isNaN();
            assertThat(objective.derivative(new float[] {1, bad, 2})).contains(Double.NaN);
        }
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void noFiniteLogitOverflows(Objective objective, ToDoubleFunction<double[]> textbook) {
        for (float[] logits : new float[][] {{1e38f, -1e38f, 0}, {1000, 999, -1000}, {0, 0, 0}, {-1e38f, -1e38f, 0}}) {
            assertThat(objective.loss(logits)).isFinite();
            assertThat(Arrays.stream(objective.derivative(logits))).allMatch(Double::isFinite);
        }
    }

    /** Far above ln C, the uncertainty vanishes: what is left is the softmax entropy, but for the 1e-7s. */
    @ParameterizedTest
    @CsvSource({"30", "100", "1000"})
    void withLargeLogitsTheConservativeEntropyIsTheSoftmaxEntropy(float height) {
        float[] logits = {height + 1, height - 0.5f, height, height + 0.25f};
        double[] entropySlope = SoftmaxEntropy.INSTANCE.derivative(logits);
        double[] z = new double[logits.length];
        Arrays.setAll(z, k -> logits[k]);

        assertThat(ConservativeEntropy.INSTANCE.loss(logits))
                .isCloseTo(SoftmaxEntropy.INSTANCE.loss(logits), within(1e-5));
        assertThat(ConservativeEntropy.INSTANCE.derivative(logits))
                .containsExactly(orthogonal(entropySlope, z), within(1e-5));
    }

    /** By hand: two logits of 0 give b = 1/4, 1/4 and u = 1/2, 1.5 bits. */
    @Test
    void twoClassesOfTheConservativeEntropyByHand() {
        assertThat(ConservativeEntropy.INSTANCE.loss(new float[] {0, 0})).isCloseTo(1.5 * Math.log(2), within(1e-6));
        assertThat(ConservativeEntropy.INSTANCE.derivative(new float[] {0, 0})).containsOnly(0);
    }

    /** By hand: p = 1/4, 3/4 has ratios 1/3 and 3; (3/4 - 1/4) ln 3. */
    @Test
    void theSoftLikelihoodRatioByHand() {
        float[] logits = {0, (float) Math.log(3)};

        assertThat(SoftLikelihoodRatio.INSTANCE.loss(logits)).isCloseTo(-0.5 * Math.log(3), within(1e-4));
        assertThat(SoftLikelihoodRatio.INSTANCE.entropy(logits)).isEqualTo(SoftmaxEntropy.INSTANCE.loss(logits));
    }

    @Test
    void aboveTheClipTheSoftLikelihoodRatioOfTheSureClassHasNoSlope() {
        float[] logits = {10, 0};
        double p = 1 / (1 + Math.exp(10));
        double ratio = p / (1 - p) + 1e-5;
        double other = -Math.log(ratio) - p / ((1 - p) * (1 - p) * ratio);

        assertThat(SoftLikelihoodRatio.INSTANCE.derivative(logits))
                .containsExactly(new double[] {-(1 - p) * p * other, p * (1 - p) * other}, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"entropy", "come"})
    void isReadFromItsOwnText(String text) {
        assertThat(Objective.parse("sar.objective", text)).hasToString(text);
    }

    @Test
    void refusesAnotherText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Objective.parse("sar.objective", "slr"))
                .withMessage("sar.objective must be entropy or come, but was 'slr'");
    }
}
