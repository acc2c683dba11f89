package io.tta4j.stream.corruption;

import java.util.ArrayList;
import java.util.List;

/** A filter that is not separable: a weighted sum of pixels at given offsets. */
final class Kernel {

    /** Up to this radius the published disk lies on a grid of 17 x 17, and its edge is smoothed over 3 x 3. */
    private static final int SMALL_DISK = 8;

    private record Tap(int row, int column, float weight) {}

    private final List<Tap> taps;
    private final int reach;

    private Kernel(List<Tap> taps) {
        this.taps = taps;
        this.reach = taps.stream()
                .mapToInt(tap -> Math.max(Math.abs(tap.row), Math.abs(tap.column)))
                .max()
                .orElse(0);
    }

    /** The published defocus kernel: a disk of equal weights, its edge smoothed by a small Gaussian. */
    static Kernel disk(double radius, double smoothing) {
        int half = radius <= SMALL_DISK ? SMALL_DISK : (int) radius;
        int side = 2 * half + 1;
        double[] disk = new double[side * side];
        int inside = 0;
        for (int i = 0; i < disk.length; i++) {
            int y = i / side - half;
            int x = i % side - half;
            if (x * x + y * y <= radius * radius) {
                disk[i] = 1;
                inside++;
            }
        }
        double[] line = GaussianFilter.line(smoothing, radius <= SMALL_DISK ? 1 : 2);
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i < disk.length; i++) {
            double weight = smoothed(disk, side, i / side, i % side, line) / inside;
            if (weight != 0) {
                taps.add(new Tap(i / side - half, i % side - half, (float) weight));
            }
        }
        return new Kernel(taps);
    }

    /** What OpenCV's GaussianBlur makes of one point: beyond the grid it sees the grid's mirror image. */
    private static double smoothed(double[] grid, int side, int row, int column, double[] line) {
        int radius = line.length / 2;
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
            for (int j = -radius; j <= radius; j++) {
                int y = Border.REFLECT_101.inside(row + i, side);
                int x = Border.REFLECT_101.inside(column + j, side);
                sum += line[i + radius] * line[j + radius] * grid[y * side + x];
            }
        }
        return sum;
    }

    /**
     * ImageMagick's motion blur: a half Gaussian along a line that begins at the pixel.
     *
     * @param degrees the line's direction, clockwise from the right
     */
    static Kernel motion(int radius, double sigma, double degrees) {
        double[] line = GaussianFilter.line(sigma, 2 * radius);
        double sum = 0;
        for (int i = 0; i <= 2 * radius; i++) {
            sum += line[2 * radius + i];
        }
        double angle = Math.toRadians(degrees);
        double across = StrictMath.cos(angle);
        double down = StrictMath.sin(angle);
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i <= 2 * radius; i++) {
            int row = (int) Math.ceil(i * down - 0.5);
            int column = (int) Math.ceil(i * across - 0.5);
            taps.add(new Tap(row, column, (float) (line[2 * radius + i] / sum)));
        }
        return new Kernel(taps);
    }

    /** A 3 x 3 filter, row by row. */
    static Kernel square(int... weights) {
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            taps.add(new Tap(i / 3 - 1, i % 3 - 1, weights[i]));
        }
        return new Kernel(taps);
    }

    Raster filter(Raster image, Border border) {
        Raster padded = image.padded(reach, border);
        Raster out = image.blank();
        RowSum sum = new RowSum(image.stride());
        for (int row = 0; row < image.height(); row++) {
            for (Tap tap : taps) {
                int from = (row + reach + tap.row) * padded.stride() + (reach + tap.column) * image.channels();
                sum.add(tap.weight, padded.values(), from);
            }
            sum.moveTo(out.values(), row * image.stride());
        }
        return out;
    }
}
