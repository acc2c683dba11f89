package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Spatter of mud: brown where drops are, with soft edges.
 *
 * @param liquid where drops are
 * @param edge softens their edges
 */
record Mud(Liquid liquid, GaussianFilter edge) implements Distortion {

    private static final double[] BROWN = {63 / 255.0, 42 / 255.0, 20 / 255.0};

    /** Thinner mud than this is none. */
    private static final float THINNEST = 0.8f;

    static Distortion of(Liquid liquid, double sigma) {
        return new Mud(liquid, GaussianFilter.of(sigma));
    }

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        Raster drops = liquid.drops(image, draws);
        float[] values = drops.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] > liquid.threshold() ? 1 : 0;
        }
        Raster mud = edge.filter(drops, Border.NEAREST);
        mud.cutBelow(THINNEST);
        byte[] rgb = image.pixels();
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            double cover = mud.values()[i / RgbImage.CHANNELS];
            out[i] = Levels.level(Levels.unit(rgb[i]) * (1 - cover) + BROWN[i % RgbImage.CHANNELS] * cover);
        }
        return out;
    }
}
