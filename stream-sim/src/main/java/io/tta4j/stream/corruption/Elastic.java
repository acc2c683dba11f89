package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/**
 * An elastic transform: a random affine map, then displacements that a Gaussian filter makes smooth.
 *
 * @param strength of the displacements, in units of the image's shorter side
 * @param smoothness the filter's standard deviation, in the same units
 * @param shift how far the affine map moves each of three points at most, in the same units
 */
record Elastic(double strength, double smoothness, double shift) implements Distortion {

    /** Where SciPy cuts the displacements' filter off. */
    private static final double TRUNCATE = 3;

    @Override
    public byte[] apply(RgbImage image, Draws draws) {
        int height = image.height();
        int width = image.width();
        int side = Math.min(height, width);
        Raster turned = affine(Raster.of(image), side, draws);
        Raster right = displacements(height, width, side, draws);
        Raster down = displacements(height, width, side, draws);
        Raster out = turned.blank();
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int pixel = row * width + column;
                float y = row + down.values()[pixel];
                float x = column + right.values()[pixel];
                turned.sample(y, x, Border.REFLECT, out.values(), pixel * RgbImage.CHANNELS);
            }
        }
        return out.toLevels();
    }

    private Raster displacements(int height, int width, int side, Draws draws) {
        Raster noise = Raster.of(height, width, 1);
        float[] values = noise.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (strength * side * draws.uniform(-1, 1));
        }
        return GaussianFilter.of(smoothness * side, TRUNCATE).filter(noise, Border.REFLECT);
    }

    /** Moves three points around the middle at random, and the image with them. */
    private Raster affine(Raster image, int side, Draws draws) {
        int x = image.width() / 2;
        int y = image.height() / 2;
        int reach = side / 3;
        double[] sourceX = {x + reach, x + reach, x - reach};
        double[] sourceY = {y + reach, y - reach, y - reach};
        double[] targetX = new double[sourceX.length];
        double[] targetY = new double[sourceY.length];
        for (int i = 0; i < sourceX.length; i++) {
            targetX[i] = sourceX[i] + draws.uniform(-shift * side, shift * side);
            targetY[i] = sourceY[i] + draws.uniform(-shift * side, shift * side);
        }
        double[] fromX = plane(targetX, targetY, sourceX);
        double[] fromY = plane(targetX, targetY, sourceY);
        Raster out = image.blank();
        for (int row = 0; row < image.height(); row++) {
            for (int column = 0; column < image.width(); column++) {
                float atY = (float) (fromY[0] * column + fromY[1] * row + fromY[2]);
                float atX = (float) (fromX[0] * column + fromX[1] * row + fromX[2]);
                int to = (row * image.width() + column) * image.channels();
                image.sample(atY, atX, Border.REFLECT_101, out.values(), to);
            }
        }
        return out;
    }

    /** The a, b, c with a x + b y + c = z at three points, by Cramer's rule; no slope where these lie on a line. */
    private static double[] plane(double[] x, double[] y, double[] z) {
        double area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]);
        if (area == 0) {
            return new double[] {0, 0, z[0]};
        }
        double a = ((z[1] - z[0]) * (y[2] - y[0]) - (z[2] - z[0]) * (y[1] - y[0])) / area;
        double b = ((x[1] - x[0]) * (z[2] - z[0]) - (x[2] - x[0]) * (z[1] - z[0])) / area;
        return new double[] {a, b, z[0] - a * x[0] - b * y[0]};
    }
}
