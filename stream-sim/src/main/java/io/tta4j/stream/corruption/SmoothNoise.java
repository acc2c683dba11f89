package io.tta4j.stream.corruption;

/**
 * Noise over the plane with one typical wavelength: random values on a lattice, interpolated in between so that mean 0
 * and variance 1 hold everywhere.
 *
 * @param seed which noise
 * @param wavelength the lattice's spacing
 */
record SmoothNoise(int seed, float wavelength) {

    /** Half the width of a uniform distribution of variance 1. */
    private static final double HALF_WIDTH = Math.sqrt(3);

    /** Adds {@code factor} times the piece that begins at a place and has a pixel every {@code step}. */
    void addTo(Raster piece, double factor, int top, int left, int step) {
        Axis rows = new Axis(piece.height(), top, step, wavelength);
        Axis columns = new Axis(piece.width(), left, step, wavelength);
        float[] upper = new float[columns.cells + 1];
        float[] lower = new float[columns.cells + 1];
        int loaded = -1;
        float[] values = piece.values();
        for (int row = 0; row < piece.height(); row++) {
            int cell = rows.cell[row];
            if (cell != loaded) {
                loadRow(upper, rows.first + cell, columns.first, factor);
                loadRow(lower, rows.first + cell + 1, columns.first, factor);
                loaded = cell;
            }
            float near = rows.near[row];
            float far = rows.far[row];
            for (int column = 0; column < piece.width(); column++) {
                int at = columns.cell[column];
                values[row * piece.width() + column] += columns.near[column] * (near * upper[at] + far * lower[at])
                        + columns.far[column] * (near * upper[at + 1] + far * lower[at + 1]);
            }
        }
    }

    private void loadRow(float[] line, int row, int firstColumn, double factor) {
        for (int i = 0; i < line.length; i++) {
            line[i] = (float) (factor * lattice(row, firstColumn + i));
        }
    }

    /** Uniform, with mean 0 and variance 1. */
    private double lattice(int row, int column) {
        long mixed =
                ImageSeed.mix((((long) row << Integer.SIZE) | Integer.toUnsignedLong(column)) + ImageSeed.mix(seed));
        return HALF_WIDTH * ((mixed >> 11) * 0x1p-52);
    }

    /** Where pixels lie among the lattice's lines; the squares of a pixel's two weights sum to 1. */
    private static final class Axis {

        private final int first;
        private final int[] cell;
        private final float[] near;
        private final float[] far;
        private final int cells;

        Axis(int length, int start, int step, float wavelength) {
            first = (int) Math.floor(start / (double) wavelength);
            cell = new int[length];
            near = new float[length];
            far = new float[length];
            for (int i = 0; i < length; i++) {
                double position = (start + (double) i * step) / wavelength;
                double whole = Math.floor(position);
                double fraction = position - whole;
                double eased = fraction * fraction * (3 - 2 * fraction);
                double scale = Math.sqrt(eased * eased + (1 - eased) * (1 - eased));
                cell[i] = (int) whole - first;
                near[i] = (float) ((1 - eased) / scale);
                far[i] = (float) (eased / scale);
            }
            cells = cell[length - 1] + 1;
        }
    }
}
