package io.tta4j.model;

import java.util.Arrays;

/**
 * Products of row-major float32 matrices. The innermost loop runs along rows of the second factor, which the JIT turns
 * into vector instructions, as it would not do with inner products, whose order of summation is fixed. It does so with
 * arrays of their own, indexed from 0, and not with eight of them at once; hence the copies.
 */
final class Product {

    /** Columns at a time: four rows of the second factor, so wide, stay in the first-level cache. */
    private static final int BLOCK = 1024;

    private Product() {}

    /** {@code left [m, k] times right [k, n]}. */
    static float[] of(float[] left, int m, int k, float[] right, int n) {
        float[] result = new float[Math.multiplyExact(m, n)];
        int width = Math.min(BLOCK, n);
        float[][] sums = new float[m][width];
        float[][] rows = new float[4][width];
        for (int from = 0; from < n; from += BLOCK) {
            int columns = Math.min(BLOCK, n - from);
            for (float[] sum : sums) {
                Arrays.fill(sum, 0);
            }
            for (int i = 0; i < k; i += 4) {
                for (int u = 0; u < 4; u++) {
                    if (i + u < k) {
                        System.arraycopy(right, (i + u) * n + from, rows[u], 0, columns);
                    } else {
                        Arrays.fill(rows[u], 0);
                    }
                }
                for (int row = 0; row < m; row++) {
                    int at = row * k + i;
                    int last = row * k + k - 1;
                    // Behind the last there are rows of zeros.
                    addMultiples(
                            left[at],
                            rows[0],
                            left[Math.min(at + 1, last)],
                            rows[1],
                            left[Math.min(at + 2, last)],
                            rows[2],
                            left[Math.min(at + 3, last)],
                            rows[3],
                            sums[row]);
                }
            }
            for (int row = 0; row < m; row++) {
                System.arraycopy(sums[row], 0, result, row * n + from, columns);
            }
        }
        return result;
    }

    private static void addMultiples(
            float a0,
            float[] row0,
            float a1,
            float[] row1,
            float a2,
            float[] row2,
            float a3,
            float[] row3,
            float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += a0 * row0[j] + a1 * row1[j] + a2 * row2[j] + a3 * row3[j];
        }
    }
}
