package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expected values: scipy 1.17.1 on the same 6 x 5 pattern, with the published kernels; six values before truncation.
 */
class BlurTest {

    private static final int[] PLACES = {0, 1, 2, 44, 45, 46};

    @ParameterizedTest
    @CsvSource({
        "1, 17.221, 54.220, 91.220, 108.439, 144.065, 171.560",
        "2, 37.171, 73.624, 110.515, 119.966, 151.163, 159.488",
        "3, 45.077, 80.141, 116.635, 121.802, 151.162, 156.253",
        "4, 51.593, 84.364, 120.084, 122.210, 149.936, 153.500",
        "5, 61.690, 88.739, 122.342, 121.445, 146.267, 148.004"
    })
    void gaussianMatchesScipy(int severity, double a, double b, double c, double d, double e, double f) {
        assertTruncated("gaussian_blur", severity, a, b, c, d, e, f);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 23.439, 60.439, 97.439, 113.877, 148.131, 166.123",
        "2, 43.804, 80.804, 117.804, 128.079, 157.837, 151.921",
        "3, 62.245, 99.245, 136.245, 137.077, 162.763, 142.923",
        "4, 72.601, 109.600, 146.600, 161.000, 184.399, 119.000",
        "5, 113.667, 150.667, 187.667, 142.778, 157.111, 137.222"
    })
    void defocusMatchesScipy(int severity, double a, double b, double c, double d, double e, double f) {
        assertTruncated("defocus_blur", severity, a, b, c, d, e, f);
    }

    private static void assertTruncated(String name, int severity, double... expected) {
        int[] blurred = TestImages.unsigned(Corruptions.named(name).apply(TestImages.pattern(6, 5), 6, 5, severity, 0));
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) blurred[PLACES[i]]).isBetween(expected[i] - 1.001, expected[i] + 0.001);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"defocus_blur", "gaussian_blur"})
    void constantImagesStay(String name) {
        byte[] grey = TestImages.constant(7, 9, 100);
        int[] blurred = TestImages.unsigned(Corruptions.named(name).apply(grey, 7, 9, 5, 0));
        assertThat(IntStream.of(blurred)).allMatch(value -> value == 99 || value == 100);
    }
}
