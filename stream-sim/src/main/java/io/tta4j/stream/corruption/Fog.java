package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/** Fog: a plasma fractal added to all channels, and the sum scaled back to the image's own brightest value. */
record Fog(double thickness, double decay) implements Distortion {

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        Plasma plasma = Plasma.atLeast(Math.max(image.height(), image.width()), decay, draws);
        byte[] rgb = image.pixels();
        byte[] out = new byte[rgb.length];
        double max = max(rgb);
        int i = 0;
        for (int row = 0; row < image.height(); row++) {
            for (int column = 0; column < image.width(); column++) {
                double density = plasma.at(row, column);
                for (int end = i + RgbImage.CHANNELS; i < end; i++) {
                    out[i] = Levels.level((Levels.unit(rgb[i]) + thickness * density) * max / (max + thickness));
                }
            }
        }
        return out;
    }

    private static double max(byte[] rgb) {
        int max = 0;
        for (byte level : rgb) {
            max = Math.max(max, level & 0xff);
        }
        return Levels.unit((byte) max);
    }
}
