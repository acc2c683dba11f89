package io.tta4j.stream.corruption;

import io.tta4j.stream.image.ImageDecoder;
import io.tta4j.stream.image.RgbImage;
import java.io.IOException;

/**
 * JPEG, written and read again.
 *
 * @param quality libjpeg's, 1..100
 */
record Jpeg(int quality) implements Distortion {

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        try {
            return ImageDecoder.decode(ImageEncoder.jpeg(image, quality)).pixels();
        } catch (IOException e) {
            throw new IllegalStateException("a JPEG that was just written could not be read", e);
        }
    }
}
