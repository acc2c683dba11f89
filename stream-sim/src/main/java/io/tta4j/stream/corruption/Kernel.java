package io.tta4j.stream.corruption;

/** A square filter of side {@code 2 * radius + 1}, row by row. */
final class Kernel {

    private final double[] weights;
    private final int radius;

    private Kernel(double[] weights, int radius) {
        this.weights = weights;
        this.radius = radius;
    }

    static Kernel gaussian(double sigma, int radius) {
        double[] line = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
            line[i + radius] = StrictMath.exp(-0.5 * i * i / (sigma * sigma));
            sum += line[i + radius];
        }
        double[] weights = new double[line.length * line.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = line[i / line.length] * line[i % line.length] / (sum * sum);
        }
        return new Kernel(weights, radius);
    }

    /** The published defocus kernel: a disk of equal weights, its edge smoothed by a 3 x 3 Gaussian. */
    static Kernel disk(double radius, double smoothing) {
        int reach = (int) radius;
        int side = 2 * reach + 1;
        double[] weights = new double[side * side];
        int inside = 0;
        for (int i = 0; i < weights.length; i++) {
            int y = i / side - reach;
            int x = i % side - reach;
            if (x * x + y * y <= radius * radius) {
                weights[i] = 1;
                inside++;
            }
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= inside;
        }
        return gaussian(smoothing, 1).after(new Kernel(weights, reach));
    }

    /** The filter that equals the other followed by this; nothing of either is cut off. */
    private Kernel after(Kernel other) {
        int reach = radius + other.radius;
        int side = 2 * reach + 1;
        double[] product = new double[side * side];
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j < other.weights.length; j++) {
                int row = i / side() + j / other.side();
                int column = i % side() + j % other.side();
                product[row * side + column] += weights[i] * other.weights[j];
            }
        }
        return new Kernel(product, reach);
    }

    private int side() {
        return 2 * radius + 1;
    }

    UnitImage filter(UnitImage image, Border border) {
        int height = image.height();
        int width = image.width();
        double[] out = new double[image.values().length];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                addWeighted(image, border, row, column, out);
            }
        }
        return new UnitImage(out, height, width);
    }

    private void addWeighted(UnitImage image, Border border, int row, int column, double[] out) {
        int target = (row * image.width() + column) * UnitImage.CHANNELS;
        for (int i = 0; i < weights.length; i++) {
            int fromRow = border.inside(row + i / side() - radius, image.height());
            int fromColumn = border.inside(column + i % side() - radius, image.width());
            int source = (fromRow * image.width() + fromColumn) * UnitImage.CHANNELS;
            for (int channel = 0; channel < UnitImage.CHANNELS; channel++) {
                out[target + channel] += weights[i] * image.values()[source + channel];
            }
        }
    }
}
