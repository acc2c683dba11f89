package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Spatter of water: pale turquoise where drops are, shaded by the distance to their outlines.
 *
 * @param liquid where drops are
 * @param strength of the colour
 */
record Water(Liquid liquid, double strength) implements Distortion {

    private static final double[] TURQUOISE = {175 / 255.0, 238 / 255.0, 238 / 255.0};
    private static final Kernel SUM = Kernel.square(1, 1, 1, 1, 1, 1, 1, 1, 1);
    private static final Kernel EMBOSS = Kernel.square(-2, -1, 0, -1, 1, 1, 0, 1, 2);
    private static final int LEVELS = 256;
    private static final int WEAK_EDGE = 50;
    private static final int STRONG_EDGE = 150;
    private static final float FARTHEST = 20;

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        Raster drops = liquid.drops(image, draws);
        float[] depth = drops.values();
        for (int i = 0; i < depth.length; i++) {
            // The published code's bytes wrap around.
            depth[i] = (int) (depth[i] * 255) & 0xff;
        }
        float[] shade = shade(drops).values();
        for (int i = 0; i < depth.length; i++) {
            depth[i] *= shade[i];
        }
        float max = drops.max();
        double scale = max == 0 ? 0 : strength / max;
        byte[] rgb = image.pixels();
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            double water = depth[i / RgbImage.CHANNELS] * scale;
            out[i] = Levels.level(Levels.unit(rgb[i]) + water * TURQUOISE[i % RgbImage.CHANNELS]);
        }
        return out;
    }

    /** OpenCV's chain of filters from outlines to a relief, each on bytes. */
    static Raster shade(Raster drops) {
        boolean[] outlines = Canny.edges(drops, WEAK_EDGE, STRONG_EDGE);
        Raster shade = ChamferDistance.to(outlines, drops.height(), drops.width());
        float[] distances = shade.values();
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Math.min(FARTHEST, distances[i]);
        }
        shade = SUM.filter(shade, Border.REFLECT_101);
        float[] means = shade.values();
        for (int i = 0; i < means.length; i++) {
            means[i] = (int) (means[i] / 9);
        }
        equalise(means);
        shade = EMBOSS.filter(shade, Border.REFLECT_101);
        float[] relief = shade.values();
        for (int i = 0; i < relief.length; i++) {
            relief[i] = Math.min(LEVELS - 1, Math.max(0, relief[i]));
        }
        shade = SUM.filter(shade, Border.REFLECT_101);
        float[] smooth = shade.values();
        for (int i = 0; i < smooth.length; i++) {
            smooth[i] = (float) Math.rint(smooth[i] / 9);
        }
        return shade;
    }

    /** Maps each level to its share of the pixels that are lighter than the darkest level. */
    private static void equalise(float[] levels) {
        int[] counts = new int[LEVELS];
        for (float level : levels) {
            counts[(int) level]++;
        }
        int darkest = 0;
        while (counts[darkest] == 0) {
            darkest++;
        }
        int lighter = levels.length - counts[darkest];
        if (lighter == 0) {
            return;
        }
        float[] equal = new float[LEVELS];
        float scale = (LEVELS - 1f) / lighter;
        int sum = 0;
        for (int level = darkest + 1; level < LEVELS; level++) {
            sum += counts[level];
            equal[level] = (float) Math.rint(sum * scale);
        }
        for (int i = 0; i < levels.length; i++) {
            levels[i] = equal[(int) levels[i]];
        }
    }
}
