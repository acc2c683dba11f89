package io.tta4j.stream.corruption;

import java.util.List;

/**
 * A texture of ice without end: smooth noise of wavelengths from 160 pixels down to two and a half, which moves the
 * colour between shadow and light. Colours, contrasts and the wavelengths' shares are those of the published
 * photographs of frost, as far as CIFAR-10-C shows them.
 */
final class Ice {

    /** Mean colours and their standard deviations; the fourth and fifth are two alike. */
    private static final List<Ice> KINDS = List.of(
            new Ice(0, new float[] {98, 109, 121}, new float[] {35.5f, 35, 34}),
            new Ice(1, new float[] {142, 156, 168}, new float[] {29.5f, 29.5f, 30.5f}),
            new Ice(2, new float[] {77, 148, 165}, new float[] {27, 16, 15}),
            new Ice(3, new float[] {203, 207, 216}, new float[] {20, 20.5f, 21.5f}),
            new Ice(4, new float[] {203, 207, 216}, new float[] {20, 20.5f, 21.5f}));

    /** Where pieces are cut out: an area so large that no two are alike. */
    private static final int EXTENT = 1 << 20;

    /** In pixels. */
    private static final float[] WAVELENGTHS = {160, 80, 40, 20, 10, 5, 2.5f};

    /** The share of each wavelength in the variance; they sum to 1. */
    private static final double[] SHARES = {0.175, 0.009, 0.07, 0.079, 0.088, 0.298, 0.281};

    private final int number;
    private final float[] colour;
    private final float[] contrast;

    private Ice(int number, float[] colour, float[] contrast) {
        this.number = number;
        this.colour = colour;
        this.contrast = contrast;
    }

    static Ice any(Draws draws) {
        return KINDS.get(draws.below(KINDS.size()));
    }

    /** The byte of a channel at a height in standard deviations. */
    int level(int channel, float height) {
        return (int) Math.min(255, Math.max(0, colour[channel] + contrast[channel] * height + 0.5f));
    }

    /**
     * A piece from anywhere, as heights of mean 0 and variance 1.
     *
     * @param step between two of its pixels
     */
    Raster piece(int height, int width, int step, Draws draws) {
        int top = draws.below(EXTENT);
        int left = draws.below(EXTENT);
        Raster piece = Raster.of(height, width, 1);
        for (int i = 0; i < WAVELENGTHS.length; i++) {
            new SmoothNoise(WAVELENGTHS.length * number + i, WAVELENGTHS[i])
                    .addTo(piece, Math.sqrt(SHARES[i]), top, left, step);
        }
        return piece;
    }
}
