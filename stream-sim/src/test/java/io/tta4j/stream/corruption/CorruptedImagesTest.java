package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorruptedImagesTest {

    private record Memory(ImageShape shape, List<byte[]> images) implements Images {

        @Override
        public String name() {
            return "clean";
        }

        @Override
        public int count() {
            return images.size();
        }

        @Override
        public void read(int index, byte[] target) {
            System.arraycopy(images.get(index), 0, target, 0, images.get(index).length);
        }
    }

    private final Images clean = new Memory(
            new ImageShape(8, 9, 3),
            List.of(TestImages.pattern(8, 9), TestImages.waves(8, 9), TestImages.pattern(8, 9)));

    @Test
    void pixelsDependOnIndexAndSeedAlone() throws IOException {
        Corruption noise = Corruptions.named("gaussian_noise");
        CorruptedImages images = new CorruptedImages(clean, noise, 3, 11);
        byte[] last = read(images, 2);
        byte[] first = read(images, 0);
        assertThat(read(images, 2)).isEqualTo(last);
        assertThat(first).isNotEqualTo(last);
        assertThat(first).isEqualTo(noise.apply(TestImages.pattern(8, 9), 8, 9, 3, ImageSeed.of(11, noise, 3, 0)));
        assertThat(read(new CorruptedImages(clean, noise, 3, 12), 0)).isNotEqualTo(first);
        assertThat(images.name()).isEqualTo("gaussian_noise-3");
        assertThat(images.domain()).isEqualTo(new Domain("gaussian_noise", 3));
        assertThat(images.count()).isEqualTo(3);
        assertThat(images.shape()).isEqualTo(clean.shape());
    }

    @Test
    void refusesGreyImages() {
        Images grey = new Memory(new ImageShape(4, 4, 1), List.of(new byte[16]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CorruptedImages(grey, Corruptions.named("fog"), 1, 0))
                .withMessage("images to corrupt must be RGB, with 3 channels, but were 4x4x1");
    }

    private static byte[] read(Images images, int index) throws IOException {
        byte[] pixels = new byte[images.shape().values()];
        images.read(index, pixels);
        return pixels;
    }
}
