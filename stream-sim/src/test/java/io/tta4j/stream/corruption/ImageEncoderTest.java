package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.stream.image.ImageDecoder;
import io.tta4j.stream.image.RgbImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageEncoderTest {

    @Test
    void pngKeepsEveryPixel() throws IOException {
        byte[] pixels = new byte[7 * 5 * 3];
        new Random(1).nextBytes(pixels);
        RgbImage image = new RgbImage(7, 5, pixels);
        assertThat(ImageDecoder.decode(ImageEncoder.png(image))).isEqualTo(image);
    }

    /** A block of one grey is its mean alone, which the quantiser of quality 85 has in steps of 5 / 8. */
    @Test
    void jpegKeepsGrey() throws IOException {
        byte[] grey = new byte[16 * 16 * 3];
        Arrays.fill(grey, (byte) 103);
        RgbImage image = new RgbImage(16, 16, grey);
        assertThat(ImageDecoder.decode(ImageEncoder.jpeg(image, 85))).isEqualTo(image);
    }
}
