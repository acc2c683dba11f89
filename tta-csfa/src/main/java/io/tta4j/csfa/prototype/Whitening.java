package io.tta4j.csfa.prototype;

import io.tta4j.model.Matrix;

/** From a covariance to the linear map that undoes it. */
final class Whitening {

    private Whitening() {}

    /**
     * W with {@code W W^T} the inverse of the shrunk covariance {@code (1 - s) S + s trace(S) / D I}: the transpose of
     * the inverse of its Cholesky factor. Which of the many such W does not matter, as they differ by a rotation.
     *
     * @param covariance S, symmetric: [D, D]
     * @param shrinkage s, in 0..1
     */
    static Matrix of(Matrix covariance, double shrinkage) {
        int size = covariance.rows();
        double trace = 0;
        for (int i = 0; i < size; i++) {
            trace += covariance.get(i, i);
        }
        // Where nothing varies, nothing is whitened.
        double mean = trace > 0 ? trace / size : 1;
        double ridge = Math.max(shrinkage * mean, 1e-6 * mean);
        double[][] lower = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = (1 - shrinkage) * covariance.get(i, j) + (i == j ? ridge : 0);
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(Math.max(sum, 1e-9 * mean)) : sum / lower[j][j];
            }
        }
        return transposedInverse(lower);
    }

    /** The columns of the inverse, by forward substitution, as rows. */
    private static Matrix transposedInverse(double[][] lower) {
        int size = lower.length;
        float[] result = new float[size * size];
        double[] column = new double[size];
        for (int c = 0; c < size; c++) {
            for (int i = c; i < size; i++) {
                double sum = i == c ? 1 : 0;
                for (int k = c; k < i; k++) {
                    sum -= lower[i][k] * column[k];
                }
                column[i] = sum / lower[i][i];
                result[c * size + i] = (float) column[i];
            }
        }
        return Matrix.of(size, size, result);
    }
}
