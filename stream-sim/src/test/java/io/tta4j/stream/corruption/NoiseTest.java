package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Means and deviations over 30,000 values of a mid-grey image; truncation to bytes takes half a level off the mean. */
class NoiseTest {

    private static final int SIDE = 100;
    private static final int GREY = 128;

    @ParameterizedTest
    @CsvSource({"1, 0.04", "2, 0.06", "3, 0.08", "4, 0.09", "5, 0.10"})
    void gaussianHasThePublishedDeviation(int severity, double deviation) {
        assertMoments("gaussian_noise", severity, 255 * deviation);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.06", "2, 0.10", "3, 0.12", "4, 0.16", "5, 0.20"})
    void speckleGrowsWithTheValue(int severity, double deviation) {
        assertMoments("speckle_noise", severity, GREY * deviation);
    }

    /** A count of mean and variance x c, divided by c, has variance x / c. */
    @ParameterizedTest
    @CsvSource({"1, 500", "2, 250", "3, 100", "4, 75", "5, 50"})
    void shotHasTheVarianceOfACount(int severity, double photons) {
        assertMoments("shot_noise", severity, 255 * Math.sqrt(GREY / 255.0 / photons));
    }

    private static void assertMoments(String name, int severity, double deviation) {
        int[] values = corrupted(name, severity);
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance =
                Arrays.stream(values).mapToDouble(v -> (v - mean) * (v - mean)).sum() / values.length;
        assertThat(mean).isCloseTo(GREY - 0.5, within(0.8));
        assertThat(Math.sqrt(variance)).isCloseTo(deviation, within(0.02 * deviation));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.01", "2, 0.02", "3, 0.03", "4, 0.05", "5, 0.07"})
    void impulseSaltsAndPeppersEquallyOften(int severity, double amount) {
        int[] values = corrupted("impulse_noise", severity);
        assertThat(share(values, 0)).isCloseTo(amount / 2, within(0.003));
        assertThat(share(values, 255)).isCloseTo(amount / 2, within(0.003));
        assertThat(share(values, GREY)).isCloseTo(1 - amount, within(0.004));
    }

    @Test
    void noNoiseWithoutLight() {
        byte[] black = TestImages.constant(4, 4, 0);
        assertThat(Corruptions.named("shot_noise").apply(black, 4, 4, 5, 1)).isEqualTo(black);
        assertThat(Corruptions.named("speckle_noise").apply(black, 4, 4, 5, 1)).isEqualTo(black);
    }

    /** Poisson of mean 2: P(0) = 0.1353, P(<= 1) = 0.4060, P(<= 2) = 0.6767 (from any table). */
    @ParameterizedTest
    @CsvSource({"0.0, 0", "0.135, 0", "0.136, 1", "0.405, 1", "0.407, 2", "0.676, 2", "0.677, 3"})
    void countsInvertTheCumulativeProbability(double quantile, int count) {
        assertThat(new PoissonCounts(2).draw(1, quantile)).isEqualTo(count);
    }

    private static int[] corrupted(String name, int severity) {
        byte[] grey = TestImages.constant(SIDE, SIDE, GREY);
        return TestImages.unsigned(Corruptions.named(name, ParameterSet.CIFAR).apply(grey, SIDE, SIDE, severity, 42));
    }

    private static double share(int[] values, int wanted) {
        return Arrays.stream(values).filter(value -> value == wanted).count() / (double) values.length;
    }
}
