package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DrawsTest {

    @Test
    void logarithmAndCosineAreTheLibrarysToTheLastBits() {
        Draws draws = new Draws(5);
        for (int i = 0; i < 100_000; i++) {
            double x = 1 - draws.uniform();
            assertThat(Draws.logarithm(x)).isCloseTo(StrictMath.log(x), within(2e-16 + 4e-16 * Math.abs(Math.log(x))));
            double turns = draws.uniform();
            assertThat(Draws.cosineOfTurns(turns)).isCloseTo(StrictMath.cos(2 * Math.PI * turns), within(1.5e-15));
        }
        assertThat(Draws.logarithm(1)).isZero();
        assertThat(Draws.logarithm(0x1p-53)).isCloseTo(-53 * Math.log(2), within(1e-14));
    }

    @Test
    void wholeNumbersAreUniform() {
        Draws draws = new Draws(3);
        int[] counts = new int[6];
        for (int i = 0; i < 60_000; i++) {
            counts[draws.below(6)]++;
        }
        for (int count : counts) {
            // Four standard deviations of a binomial count.
            assertThat(count).isCloseTo(10_000, within(366));
        }
    }

    @Test
    void seedsOfImagesDiffer() {
        Corruption fog = Corruptions.named("fog");
        long first = ImageSeed.of(0, fog, 1, 0);
        assertThat(first).isEqualTo(ImageSeed.of(0, Corruptions.named("fog", ParameterSet.IMAGENET), 1, 0));
        assertThat(ImageSeed.of(1, fog, 1, 0)).isNotEqualTo(first);
        assertThat(ImageSeed.of(0, fog, 2, 0)).isNotEqualTo(first);
        assertThat(ImageSeed.of(0, fog, 1, 1)).isNotEqualTo(first);
        assertThat(ImageSeed.of(0, Corruptions.named("frost"), 1, 0)).isNotEqualTo(first);
        assertThat(ImageSeed.of(0, fog, 1, "a/b.png")).isNotEqualTo(ImageSeed.of(0, fog, 1, "b/a.png"));
    }
}
