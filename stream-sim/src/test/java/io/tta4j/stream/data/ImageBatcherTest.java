package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
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

    @ParameterizedTest
    @CsvSource({
        "NCHW, RGB, '0 102 51 204 255 5'",
        "NCHW, BGR, '255 5 51 204 0 102'",
        "NHWC, RGB, '0 51 255 102 204 5'",
        "NHWC, BGR, '255 51 0 5 204 102'"
    })
    void putsPixelsWhereTheModelWantsThem(Layout layout, ChannelOrder channels, String expected) {
        List<Long> extents =
                layout == Layout.NCHW ? List.of(InputSpec.ANY, 3L, 2L, 1L) : List.of(InputSpec.ANY, 2L, 1L, 3L);
        Preprocessing plain = new Preprocessing(1, List.of(), List.of(), layout, channels);
        ImageBatcher batcher = ImageBatcher.of(
                Inputs.of(new InputSpec("image", ElementType.FLOAT32, extents)), new ImageShape(2, 1, 3), plain, 1);

        batcher.begin();
        batcher.add(new byte[] {0, 51, (byte) 255, 102, (byte) 204, 5});

        Tensor image = Objects.requireNonNull(batcher.batch().inputs().get("image"));
        float[] values = new float[6];
        image.floats().get(values);
        assertThat(values).isEqualTo(array(expected));
        assertThat(image.shape()[layout == Layout.NCHW ? 1 : 3]).isEqualTo(3);
    }

    @Test
    void meanAndDeviationAreInTheModelsOrder() {
        Preprocessing caffe =
                new Preprocessing(1, List.of(104f, 117f, 123f), List.of(1f, 1f, 1f), Layout.NCHW, ChannelOrder.BGR);
        ImageBatcher batcher = ImageBatcher.of(new PixelModel(), PIXEL, caffe, 1);

        batcher.begin();
        batcher.add(new byte[] {124, 118, 106});

        FloatBuffer values =
                Objects.requireNonNull(batcher.batch().inputs().get("image")).floats();
        assertThat(new float[] {values.get(0), values.get(1), values.get(2)}).containsExactly(2, 1, 1);
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

    private static float[] array(String text) {
        List<Float> values = floats(text);
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    private static List<Float> floats(String text) {
        return text.isEmpty()
                ? List.of()
                : List.of(text.split(" ", -1)).stream().map(Float::valueOf).toList();
    }
}
