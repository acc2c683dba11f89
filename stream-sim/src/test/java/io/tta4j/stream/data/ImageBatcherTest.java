package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Batch;
import io.tta4j.model.Tensor;
import io.tta4j.stream.PixelModel;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageBatcherTest {

    private static final ImageShape PIXEL = new ImageShape(1, 1, 3);

    @Test
    void turnsPixelsIntoChannels() {
        // Two pixels of RGB become two reds, two greens and two blues.
        FloatBuffer target = FloatBuffer.allocate(6);

        Preprocessing.append(
                new byte[] {0, 51, (byte) 255, 102, (byte) 204, 5},
                Preprocessing.ofDefaults().table(3),
                target);

        float[] expected = {0, 102 / 255f, 51 / 255f, 204 / 255f, 1, 5 / 255f};
        assertThat(target.array()).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, -2.1179", "255, 2.2489", "128, 0.0741"})
    void subtractsTheMeanAndDividesByTheDeviation(int pixel, float expected) {
        // The values are those of torchvision's ImageNet normalisation for the red channel.
        Preprocessing imageNet =
                new Preprocessing(255, List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

        assertThat(imageNet.table(3)[0][pixel]).isCloseTo(expected, within(1e-4f));
    }

    @Test
    void reusesOneBufferForBatchesOfAnySize() {
        ImageBatcher batcher = ImageBatcher.of(new PixelModel(), PIXEL, Preprocessing.ofDefaults(), 2);
        batcher.begin();
        batcher.add(new byte[] {1, 2, 3});
        batcher.add(new byte[] {4, 5, 6});
        assertThat(batcher.batch().rows()).isEqualTo(2);

        batcher.begin();
        batcher.add(new byte[] {7, 8, 9});
        Batch batch = batcher.batch();

        Tensor image = Objects.requireNonNull(batch.inputs().get("image"));
        assertThat(image.shape()).containsExactly(1, 3, 1, 1);
        assertThat(image.data().isDirect()).isTrue();
        assertThat(image.floats().get(0)).isEqualTo(7 / 255f);
    }

    @Test
    void imagesMustFitTheModel() {
        assertThatThrownBy(
                        () -> ImageBatcher.of(new PixelModel(), new ImageShape(2, 1, 3), Preprocessing.ofDefaults(), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("images must fit the model's input 'image' FLOAT32[N, 3, 1, 1], but were 2x1x3"
                        + " (height x width x channels)");
    }

    @ParameterizedTest
    @CsvSource({
        "0, '', '', 'scale must be positive, but was 0.0'",
        "NaN, '', '', 'scale must be positive, but was NaN'",
        "255, '', '1 0 1', 'std must be positive, but was [1.0, 0.0, 1.0]'",
        "255, '0 NaN 0', '', 'mean must be finite, but was [0.0, NaN, 0.0]'",
        "255, '0.5', '', 'mean must have one value for each of the 3 channels, but had 1'"
    })
    void refusesPreprocessingThatMakesNoSense(float scale, String mean, String std, String message) {
        assertThatThrownBy(() -> new Preprocessing(scale, floats(mean), floats(std)).table(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static List<Float> floats(String text) {
        return text.isEmpty()
                ? List.of()
                : List.of(text.split(" ", -1)).stream().map(Float::valueOf).toList();
    }
}
