package io.tta4j.stream.corruption;

/** SciPy's Gaussian filter: along the rows, then along the columns, cut off at a number of standard deviations. */
final class GaussianFilter {

    /** Where scikit-image cuts off if it is not told. */
    static final double TRUNCATE = 4;

    private final float[] weights;
    private final int radius;

    private GaussianFilter(float[] weights, int radius) {
        this.weights = weights;
        this.radius = radius;
    }

    static GaussianFilter of(double sigma) {
        return of(sigma, TRUNCATE);
    }

    static GaussianFilter of(double sigma, double truncate) {
        int radius = (int) (truncate * sigma + 0.5);
        double[] line = line(sigma, radius);
        float[] weights = new float[line.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) line[i];
        }
        return new GaussianFilter(weights, radius);
    }

    /** The weights at -radius..radius; they sum to 1. */
    static double[] line(double sigma, int radius) {
        double[] line = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
            line[i + radius] = i == 0 ? 1 : StrictMath.exp(-0.5 * i * i / (sigma * sigma));
            sum += line[i + radius];
        }
        for (int i = 0; i < line.length; i++) {
            line[i] /= sum;
        }
        return line;
    }

    Raster filter(Raster image, Border border) {
        return radius == 0 ? image : down(across(image, border), border);
    }

    private Raster across(Raster image, Border border) {
        Raster out = image.blank();
        int channels = image.channels();
        float[] line = new float[image.stride() + 2 * radius * channels];
        RowSum sum = new RowSum(image.stride());
        for (int row = 0; row < image.height(); row++) {
            int start = row * image.stride();
            image.copyPadded(start, line, 0, radius, border);
            for (int k = 0; k < weights.length; k++) {
                sum.add(weights[k], line, k * channels);
            }
            sum.moveTo(out.values(), start);
        }
        return out;
    }

    private Raster down(Raster image, Border border) {
        Raster out = image.blank();
        int stride = image.stride();
        RowSum sum = new RowSum(stride);
        for (int row = 0; row < image.height(); row++) {
            for (int k = 0; k < weights.length; k++) {
                int from = border.inside(row + k - radius, image.height()) * stride;
                sum.add(weights[k], image.values(), from);
            }
            sum.moveTo(out.values(), row * stride);
        }
        return out;
    }
}
