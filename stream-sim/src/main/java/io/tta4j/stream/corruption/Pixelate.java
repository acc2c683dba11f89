package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Shrinks the image and enlarges it again, both with Pillow's box filter; on bytes, as Pillow rounds in between.
 *
 * @param scale the small image's side in units of the image's
 */
record Pixelate(double scale) implements Distortion {

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        int height = image.height();
        int width = image.width();
        int smallHeight = Math.max(1, (int) (height * scale));
        int smallWidth = Math.max(1, (int) (width * scale));
        byte[] small = BoxResize.resize(image.pixels(), height, width, smallHeight, smallWidth);
        return BoxResize.resize(small, smallHeight, smallWidth, height, width);
    }
}
