package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DetectionTest {

    @Test
    void countsPairsAndTiesByHalf() {
        Detection detection = Detection.of(new double[] {4, 1, 3, 2}, new double[] {5, 3, 5, 4});

        // 3 is above two and ties with one, 4 is above three and ties with one, each 5 is above four: 14 of 16.
        assertThat(detection).isEqualTo(new Detection(4, 4, 0.875, 0.5));
    }

    @Test
    void tellsAllApartOrNone() {
        assertThat(Detection.of(new double[] {1, 2}, new double[] {3, 4})).isEqualTo(new Detection(2, 2, 1, 0));
        assertThat(Detection.of(new double[] {3, 4}, new double[] {1, 2})).isEqualTo(new Detection(2, 2, 0, 1));
        assertThat(Detection.of(new double[] {7, 7}, new double[] {7, 7, 7})).isEqualTo(new Detection(2, 3, 0.5, 1));
    }

    @Test
    void ofTwentyUnknownSamplesOneMayBeMissed() {
        double[] unknown = IntStream.rangeClosed(1, 20).mapToDouble(i -> i).toArray();

        // The threshold is 2: of 0, 1, 2 and 3 two are flagged.
        assertThat(Detection.of(new double[] {0, 1, 2, 3}, unknown).fpr95()).isEqualTo(0.5);
        // Of nineteen none may be missed: the threshold is 1.
        assertThat(Detection.of(new double[] {0, 1, 2, 3}, Arrays.copyOf(unknown, 19))
                        .fpr95())
                .isEqualTo(0.75);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void equalsTheDefinitionsByAllPairsAndAllThresholds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] known = random.ints(157, 0, 40).asDoubleStream().toArray();
        double[] unknown = random.ints(83, 10, 60).asDoubleStream().toArray();

        Detection detection = Detection.of(known, unknown);

        double won = 0;
        for (double k : known) {
            for (double u : unknown) {
                won += u > k ? 1 : u == k ? 0.5 : 0;
            }
        }
        assertThat(detection.auroc()).isCloseTo(won / (157 * 83), within(1e-12));
        double least = Arrays.stream(unknown)
                .filter(threshold -> share(unknown, threshold) >= 0.95)
                .map(threshold -> share(known, threshold))
                .min()
                .orElseThrow();
        assertThat(detection.fpr95()).isEqualTo(least);
    }

    private static double share(double[] scores, double threshold) {
        return Arrays.stream(scores).filter(score -> score >= threshold).count() / (double) scores.length;
    }

    @Test
    void refusesWhatIsNoScore() {
        assertThatThrownBy(() -> Detection.of(new double[] {1}, new double[0]))
                .hasMessage("scores of unknown samples must be at least one and all numbers, but were []");
        assertThatThrownBy(() -> Detection.of(new double[] {Double.NaN}, new double[] {1}))
                .hasMessageContaining("known samples must be at least one and all numbers, but were [NaN]");
    }
}
