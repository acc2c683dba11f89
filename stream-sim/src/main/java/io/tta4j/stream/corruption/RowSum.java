package io.tta4j.stream.corruption;

import java.util.Arrays;

/**
 * A weighted sum of stretches of values, all of one length.
 *
 * <p>Each stretch is copied first: the JIT compiler makes vector instructions only of loops whose arrays are read and
 * written at the same index, and a copy and such a loop take a fifth of the time.
 */
final class RowSum {

    private final float[] sum;
    private final float[] stretch;

    RowSum(int length) {
        sum = new float[length];
        stretch = new float[length];
    }

    /** Adds {@code weight} times what begins at {@code from}. */
    void add(float weight, float[] source, int from) {
        System.arraycopy(source, from, stretch, 0, stretch.length);
        addScaled(sum, weight, stretch);
    }

    private static void addScaled(float[] sum, float weight, float[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * values[i];
        }
    }

    /** Hands out the sum, and begins again at zero. */
    void moveTo(float[] target, int to) {
        System.arraycopy(sum, 0, target, to, sum.length);
        Arrays.fill(sum, 0);
    }
}
