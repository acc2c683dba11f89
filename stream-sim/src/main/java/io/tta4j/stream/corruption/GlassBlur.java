package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * Glass: a Gaussian filter, pixels that come from their neighbours, and the filter again.
 *
 * <p>The published code means to swap neighbours, but NumPy's rows are views: the pixel gets its neighbour's value, and
 * the neighbour keeps it. So does this.
 *
 * @param filter before and after
 * @param reach how far a neighbour is, in pixels
 * @param rounds how often each pixel is replaced
 */
record GlassBlur(GaussianFilter filter, int reach, int rounds) implements Distortion {

    static Distortion of(double sigma, int reach, int rounds) {
        return new GlassBlur(GaussianFilter.of(sigma), reach, rounds);
    }

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        int height = image.height();
        int width = image.width();
        byte[] rgb = filter.filter(Raster.of(image), Border.NEAREST).toLevels();
        for (int round = 0; round < rounds; round++) {
            for (int row = height - reach; row > reach; row--) {
                for (int column = width - reach; column > reach; column--) {
                    int fromColumn = column - reach + draws.below(2 * reach);
                    int fromRow = row - reach + draws.below(2 * reach);
                    int to = (row * width + column) * RgbImage.CHANNELS;
                    int from = (fromRow * width + fromColumn) * RgbImage.CHANNELS;
                    rgb[to] = rgb[from];
                    rgb[to + 1] = rgb[from + 1];
                    rgb[to + 2] = rgb[from + 2];
                }
            }
        }
        RgbImage shuffled = new RgbImage(height, width, rgb);
        return filter.filter(Raster.of(shuffled), Border.NEAREST).toLevels();
    }
}
