package io.tta4j.onnx.gradient;

import org.jspecify.annotations.Nullable;

/** Arithmetic of references. */
final class Numbers {

    private Numbers() {}

    static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** The largest difference over the largest reference value; infinite where sizes differ or a value is NaN. */
    static double worstError(float @Nullable [] values, double[] reference) {
        if (values == null || values.length != reference.length) {
            return Double.POSITIVE_INFINITY;
        }
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < reference.length; i++) {
            double error = Math.abs(values[i] - reference[i]);
            worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
            largest = Math.max(largest, Math.abs(reference[i]));
        }
        return worst / largest;
    }
}
