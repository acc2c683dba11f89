package io.tta4j.csfa;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;

/** Matrices with a column more, less or other. */
final class Columns {

    private Columns() {}

    static Matrix append(Matrix matrix, Vector column) {
        int width = matrix.columns();
        float[] old = matrix.toArray();
        float[] values = new float[matrix.rows() * (width + 1)];
        for (int row = 0; row < matrix.rows(); row++) {
            System.arraycopy(old, row * width, values, row * (width + 1), width);
            values[row * (width + 1) + width] = column.get(row);
        }
        return Matrix.of(matrix.rows(), width + 1, values);
    }

    static Matrix remove(Matrix matrix, int column) {
        int width = matrix.columns();
        float[] old = matrix.toArray();
        float[] values = new float[matrix.rows() * (width - 1)];
        for (int row = 0; row < matrix.rows(); row++) {
            System.arraycopy(old, row * width, values, row * (width - 1), column);
            System.arraycopy(old, row * width + column + 1, values, row * (width - 1) + column, width - 1 - column);
        }
        return Matrix.of(matrix.rows(), width - 1, values);
    }

    /** With other columns from one on. */
    static Matrix replace(Matrix matrix, int from, Matrix columns) {
        float[] values = matrix.toArray();
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < columns.columns(); column++) {
                values[row * matrix.columns() + from + column] = columns.get(row, column);
            }
        }
        return Matrix.of(matrix.rows(), matrix.columns(), values);
    }
}
