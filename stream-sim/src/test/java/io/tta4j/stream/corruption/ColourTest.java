package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected values: what comes of HSV in Python's colorsys. */
class ColourTest {

    @ParameterizedTest
    @CsvSource({
        "brightness, 5, 200, 100, 50, 255, 127.5, 63.75",
        "brightness, 5, 10, 250, 130, 10.2, 255, 132.6",
        "brightness, 5, 60, 40, 220, 69.545, 46.364, 255",
        "brightness, 5, 120, 120, 120, 196.5, 196.5, 196.5",
        "brightness, 1, 120, 120, 120, 132.75, 132.75, 132.75",
        "saturate, 1, 200, 100, 50, 200, 170, 155",
        "saturate, 1, 10, 250, 130, 178, 250, 214",
        "saturate, 5, 200, 100, 50, 200, 66.667, 0",
        "saturate, 5, 60, 40, 220, 24.444, 0, 220",
        "saturate, 5, 120, 120, 120, 120, 96, 96"
    })
    void changesOneCoordinateOfHsv(
            String name, int severity, int red, int green, int blue, double newRed, double newGreen, double newBlue) {
        int[] out = TestImages.unsigned(
                Corruptions.named(name).apply(TestImages.colour(2, 3, red, green, blue), 2, 3, severity, 0));
        assertTruncated(out[0], newRed);
        assertTruncated(out[1], newGreen);
        assertTruncated(out[2], newBlue);
    }

    /** A grey ramp 0, 1, ..., 255 has mean 127.5. */
    @ParameterizedTest
    @CsvSource({"1, 0.75", "2, 0.5", "3, 0.4", "4, 0.3", "5, 0.15"})
    void contrastShrinksTheDistanceToTheMean(int severity, double factor) {
        byte[] ramp = new byte[16 * 16 * 3];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i / 3);
        }
        int[] out = TestImages.unsigned(Corruptions.named("contrast").apply(ramp, 16, 16, severity, 0));
        for (int i = 0; i < out.length; i++) {
            int clean = i / 3;
            assertTruncated(out[i], 127.5 + factor * (clean - 127.5));
        }
    }

    @Test
    void contrastKeepsEachChannelsOwnMean() {
        byte[] flat = TestImages.colour(4, 4, 30, 130, 230);
        int[] out = TestImages.unsigned(Corruptions.named("contrast").apply(flat, 4, 4, 5, 0));
        assertTruncated(out[0], 30);
        assertTruncated(out[1], 130);
        assertTruncated(out[2], 230);
    }

    private static void assertTruncated(int actual, double expected) {
        assertThat((double) actual).isBetween(expected - 1.001, expected + 0.001);
    }
}
