package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Frost: the image, dimmed, and a piece of one of five textures of ice over it.
 *
 * @param image the image's share
 * @param ice the texture's share
 * @param step between two pixels of the image on the texture, in its own pixels
 */
record Frost(double image, double ice, int step) implements Distortion {

    @Override
    public byte[] apply(RgbImage clean, Draws draws) {
        Ice texture = Ice.any(draws);
        Raster relief = texture.piece(clean.height(), clean.width(), step, draws);
        byte[] rgb = clean.pixels();
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            int channel = i % RgbImage.CHANNELS;
            int level = texture.level(channel, relief.values()[i / RgbImage.CHANNELS]);
            double mixed = image * (rgb[i] & 0xff) + ice * level;
            out[i] = (byte) (int) Math.min(255, mixed);
        }
        return out;
    }
}
