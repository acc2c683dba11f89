package io.tta4j.sar.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchShuffleTest {

    private static float[] values(Tensor tensor) {
        float[] values = new float[tensor.floats().remaining()];
        tensor.floats().get(values);
        return values;
    }

    private static Tensor random(long seed, long... shape) {
        Random random = new Random(seed);
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensor.of(values, shape);
    }

    /** The patches of an image, each as the list of its pixels over all channels. */
    private static List<List<Float>> patches(float[] image, int channels, int height, int width, int n, boolean last) {
        List<List<Float>> patches = new ArrayList<>();
        for (int patch = 0; patch < n * n; patch++) {
            List<Float> pixels = new ArrayList<>();
            for (int c = 0; c < channels; c++) {
                for (int y = 0; y < height / n; y++) {
                    for (int x = 0; x < width / n; x++) {
                        int row = patch / n * (height / n) + y;
                        int column = patch % n * (width / n) + x;
                        pixels.add(image[
                                last ? (row * width + column) * channels + c : (c * height + row) * width + column]);
                    }
                }
            }
            patches.add(pixels);
        }
        return patches;
    }

    @ParameterizedTest
    @CsvSource({"3, 8, 8, 4, false", "1, 8, 12, 2, false", "3, 12, 8, 4, true", "3, 9, 11, 4, false", "1, 7, 9, 2, true"
    })
    void movesWholePatchesAndKeepsThem(int channels, int height, int width, int n, boolean last) {
        Tensor image = last ? random(5, 1, height, width, channels) : random(5, 1, channels, height, width);

        Tensor shuffled = new PatchShuffle(n, 0).of(image);

        assertThat(shuffled.shape()).isEqualTo(image.shape());
        List<List<Float>> before = patches(values(image), channels, height, width, n, last);
        List<List<Float>> after = patches(values(shuffled), channels, height, width, n, last);
        assertThat(after).isNotEqualTo(before).containsExactlyInAnyOrderElementsOf(before);
        // What patches do not cover stays: the two differ where patches are and nowhere else.
        float[] old = values(image);
        float[] now = values(shuffled);
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    if (y >= height / n * n || x >= width / n * n) {
                        int i = last ? (y * width + x) * channels + c : (c * height + y) * width + x;
                        assertThat(now[i]).isEqualTo(old[i]);
                    }
                }
            }
        }
    }

    @Test
    void anImagesOrderIsItsOwn() {
        Tensor images = random(1, 5, 3, 8, 8);
        PatchShuffle shuffle = new PatchShuffle(4, 0);

        Tensor together = shuffle.of(images);

        for (int row = 0; row < 5; row++) {
            assertThat(values(shuffle.of(images.select(row)))).isEqualTo(values(together.select(row)));
        }
        assertThat(values(new PatchShuffle(4, 1).of(images))).isNotEqualTo(values(together));
        Set<Float> corners = new HashSet<>();
        for (int row = 0; row < 5; row++) {
            Tensor one = Tensor.of(values(images.select(0)), 1, 3, 8, 8);
            corners.add(values(new PatchShuffle(4, row).of(one))[0]);
        }
        assertThat(corners).as("orders differ").hasSizeGreaterThan(1);
    }

    @Test
    void refusesWhatIsNoImage() {
        PatchShuffle shuffle = new PatchShuffle(4, 0);
        InputSpec tokens = new InputSpec("tokens", ElementType.INT64, List.of(-1L, 128L));
        InputSpec image = new InputSpec("image", ElementType.FLOAT32, List.of(-1L, 3L, 32L, 32L));

        assertThat(shuffle.images(List.of(image))).isEqualTo(image);
        for (List<InputSpec> inputs : List.of(List.of(tokens), List.of(image, tokens))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> shuffle.images(inputs))
                    .withMessageContaining("inputs must be one of float32 images")
                    .withMessageContaining("tokens");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shuffle.of(random(1, 1, 1, 3, 8)))
                .withMessageContaining("images must have at least as many pixels a side as patches, 4");
    }
}
