package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The corruptions without chance, with the constants of ImageNet-C. Expected values: scikit-image 0.26.0, OpenCV 5.0.0,
 * SciPy 1.17.1 and Pillow 12.3.0, called as the published code calls them, on a 48 x 48 image.
 */
class PublishedValuesTest {

    private static final int SIZE = 48;
    private static final int[] PLACES = {0, 1000, 2345, 3456, 5000, 6911};

    @ParameterizedTest
    @CsvSource({
        "defocus_blur, 1, 2, 120, 129, 169, 126, 120, 123.030",
        "defocus_blur, 3, 10, 124, 129, 125, 132, 123, 123.095",
        "defocus_blur, 5, 32, 130, 132, 135, 130, 130, 124.481",
        "zoom_blur, 1, 1, 196, 198, 201, 113, 138, 123.422",
        "zoom_blur, 3, 6, 181, 150, 179, 146, 171, 124.102",
        "zoom_blur, 5, 13, 177, 129, 128, 151, 139, 124.766",
        "brightness, 1, 25, 255, 255, 217, 171, 178, 138.726",
        "brightness, 3, 76, 255, 255, 255, 214, 178, 159.546",
        "brightness, 5, 127, 255, 255, 255, 214, 178, 170.930",
        "contrast, 1, 74, 171, 173, 151, 133, 143, 123.000",
        "contrast, 3, 99, 147, 148, 138, 128, 133, 123.033",
        "contrast, 5, 118, 128, 129, 128, 124, 125, 122.998",
        "pixelate, 1, 1, 233, 234, 213, 193, 117, 123.907",
        "pixelate, 3, 1, 89, 91, 208, 110, 117, 123.635",
        "pixelate, 5, 4, 127, 78, 128, 126, 132, 123.685",
        "jpeg_compression, 1, 12, 153, 79, 206, 139, 254, 123.072",
        "jpeg_compression, 3, 57, 126, 108, 144, 106, 255, 122.703",
        "jpeg_compression, 5, 0, 118, 86, 222, 163, 206, 123.693",
        "gaussian_blur, 1, 0, 138, 143, 195, 143, 137, 122.987",
        "gaussian_blur, 3, 3, 126, 130, 151, 128, 138, 122.976",
        "gaussian_blur, 5, 16, 133, 127, 130, 127, 142, 122.981",
        "saturate, 1, 0, 246, 250, 192, 169, 225, 161.471",
        "saturate, 3, 0, 246, 250, 192, 127, 100, 101.330",
        "saturate, 5, 0, 246, 250, 192, 127, 0, 88.464",
    })
    void arePublished(String name, int severity, int a, int b, int c, int d, int e, int f, double mean) {
        int[] out = TestImages.unsigned(Corruptions.named(name, ParameterSet.IMAGENET)
                .apply(TestImages.waves(SIZE, SIZE), SIZE, SIZE, severity, 0));
        int[] expected = {a, b, c, d, e, f};
        for (int i = 0; i < expected.length; i++) {
            assertThat(out[PLACES[i]]).isCloseTo(expected[i], within(1));
        }
        assertThat(Arrays.stream(out).average().orElseThrow()).isCloseTo(mean, within(0.05));
    }
}
