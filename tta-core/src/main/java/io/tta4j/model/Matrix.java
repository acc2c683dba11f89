package io.tta4j.model;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A row-major float32 matrix on the heap, for logits, features, seeds and per-sample gradients. Immutable. */
public final class Matrix {

    private final int rows;
    private final int columns;
    private final float[] values;

    private Matrix(int rows, int columns, float[] values) {
        this.rows = rows;
        this.columns = columns;
        this.values = values;
    }

    /**
     * A matrix over {@code values}, which the matrix owns from then on: the caller must not change them.
     *
     * @throws IllegalArgumentException if there are not {@code rows * columns} values
     */
    public static Matrix of(int rows, int columns, float[] values) {
        if (values.length != rows * columns) {
            throw new IllegalArgumentException("a matrix of shape [%d, %d] must have %d values, but had %d"
                    .formatted(rows, columns, rows * columns, values.length));
        }
        return new Matrix(rows, columns, values);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public float get(int row, int column) {
        return values[row * columns + column];
    }

    /** A copy of one row. */
    public float[] row(int row) {
        return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
    }

    /** A copy of all values, row-major. */
    public float[] toArray() {
        return values.clone();
    }

    /** The column of the largest value in a row; the first of equals. */
    public int argmax(int row) {
        int best = 0;
        for (int column = 1; column < columns; column++) {
            if (get(row, column) > get(row, best)) {
                best = column;
            }
        }
        return best;
    }

    /** The given rows, in the order given. */
    public Matrix select(int... selected) {
        float[] selection = new float[selected.length * columns];
        for (int i = 0; i < selected.length; i++) {
            System.arraycopy(values, selected[i] * columns, selection, i * columns, columns);
        }
        return new Matrix(selected.length, columns, selection);
    }

    /** Whether a row holds nothing but zeros. */
    public boolean isZero(int row) {
        for (int column = 0; column < columns; column++) {
            if (get(row, column) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The rows of several matrices, one after the other.
     *
     * @param parts at least one, all with the same number of columns
     */
    public static Matrix concatenate(List<Matrix> parts) {
        int columns = parts.get(0).columns;
        float[] values =
                new float[parts.stream().mapToInt(part -> part.values.length).sum()];
        int done = 0;
        for (Matrix part : parts) {
            if (part.columns != columns) {
                throw new IllegalArgumentException(
                        "matrices must all have %d columns, but one was %s".formatted(columns, part));
            }
            System.arraycopy(part.values, 0, values, done, part.values.length);
            done += part.values.length;
        }
        return new Matrix(values.length / columns, columns, values);
    }

    /** The same values as one vector, row after row; nothing is copied. */
    public Vector asVector() {
        return Vector.of(values);
    }

    /** This matrix with {@code row}, one value a column, subtracted from each row. */
    public Matrix minusRow(Vector row) {
        if (row.size() != columns) {
            throw new IllegalArgumentException(
                    "a row of %s must have %d values, but had %d".formatted(this, columns, row.size()));
        }
        float[] subtracted = row.array();
        float[] differences = new float[values.length];
        for (int start = 0; start < values.length; start += columns) {
            for (int column = 0; column < columns; column++) {
                differences[start + column] = values[start + column] - subtracted[column];
            }
        }
        return new Matrix(rows, columns, differences);
    }

    /** The mean of the rows, one value a column; zeros where there is no row. */
    public Vector meanRow() {
        double[] sums = new double[columns];
        for (int start = 0; start < values.length; start += columns) {
            for (int column = 0; column < columns; column++) {
                sums[column] += values[start + column];
            }
        }
        float[] mean = new float[columns];
        for (int column = 0; column < columns; column++) {
            mean[column] = (float) (sums[column] / Math.max(rows, 1));
        }
        return Vector.of(mean);
    }

    /** The Euclidean norm of each row. */
    public Vector norms() {
        float[] norms = new float[rows];
        for (int row = 0; row < rows; row++) {
            norms[row] = (float) norm(row);
        }
        return Vector.of(norms);
    }

    private double norm(int row) {
        double square = 0;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
            square += (double) values[i] * values[i];
        }
        return Math.sqrt(square);
    }

    /** Each row divided by its Euclidean norm; a row of zeros stays one. */
    public Matrix unitRows() {
        return overRows(this::norm);
    }

    /**
     * Each row divided by a value of its own; a row whose value is 0 becomes one of zeros.
     *
     * @param divisors a value a row
     */
    public Matrix overRows(Vector divisors) {
        if (divisors.size() != rows) {
            throw new IllegalArgumentException(
                    "there must be a divisor for each row of %s, but there were %d".formatted(this, divisors.size()));
        }
        return overRows((int row) -> divisors.get(row));
    }

    private Matrix overRows(IntToDoubleFunction divisors) {
        float[] quotients = new float[values.length];
        for (int row = 0; row < rows; row++) {
            double divisor = divisors.applyAsDouble(row);
            double scale = divisor == 0 ? 0 : 1 / divisor;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                quotients[i] = (float) (values[i] * scale);
            }
        }
        return new Matrix(rows, columns, quotients);
    }

    /** Rows become columns. */
    public Matrix transposed() {
        float[] turned = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[column * rows + row] = values[row * columns + column];
            }
        }
        return new Matrix(columns, rows, turned);
    }

    /**
     * The matrix product, of shape [rows, other.columns].
     *
     * @throws IllegalArgumentException if the other has not as many rows as this has columns
     */
    public Matrix times(Matrix other) {
        if (other.rows != columns) {
            throw new IllegalArgumentException(
                    "a factor behind %s must have %d rows, but was %s".formatted(this, columns, other));
        }
        return new Matrix(rows, other.columns, Product.of(values, rows, columns, other.values, other.columns));
    }

    /** Whether no value is NaN or infinite. */
    public boolean isFinite() {
        return Vector.isFinite(values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Matrix that && columns == that.columns && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * columns + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Matrix[" + rows + ", " + columns + "]";
    }
}
