package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FogTest {

    /** On a grey image m the thinnest fog leaves m * m / (m + c), the thickest m itself. */
    @ParameterizedTest
    @CsvSource({"1, 0.2", "2, 0.5", "3, 0.75", "4, 1", "5, 1.5"})
    void liesBetweenNoFogAndFullFog(int severity, double thickness) {
        double grey = 0.6;
        byte[] pixels = TestImages.constant(32, 32, 153);
        int[] out = TestImages.unsigned(Corruptions.named("fog").apply(pixels, 32, 32, severity, 5));
        int min = Arrays.stream(out).min().orElseThrow();
        int max = Arrays.stream(out).max().orElseThrow();
        assertThat((double) min).isCloseTo(255 * grey * grey / (grey + thickness), within(1.001));
        assertThat((double) max).isCloseTo(153, within(1.001));
    }

    @Test
    void isGreyOnGrey() {
        int[] out = TestImages.unsigned(Corruptions.named("fog").apply(TestImages.constant(32, 32, 90), 32, 32, 5, 9));
        for (int i = 0; i < out.length; i += 3) {
            assertThat(out[i + 1]).isEqualTo(out[i]);
            assertThat(out[i + 2]).isEqualTo(out[i]);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "3, 4", "32, 32", "33, 64"})
    void plasmaFillsThePowerOfTwoAboveTheSize(int size, int side) {
        Plasma plasma = Plasma.atLeast(size, 2, new Draws(1));
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                min = Math.min(min, plasma.at(row, column));
                max = Math.max(max, plasma.at(row, column));
            }
        }
        assertThat(min).isZero();
        assertThat(max).isEqualTo(1);
        assertThat(plasma.at(side, side)).isEqualTo(plasma.at(0, 0));
    }
}
