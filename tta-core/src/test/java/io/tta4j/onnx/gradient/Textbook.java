package io.tta4j.onnx.gradient;

import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A norm layer over one sample as textbooks write it, element by element in double precision: y = gamma xhat + beta,
 * with xhat normalised over the elements of the same group.
 */
final class Textbook {

    private final IntUnaryOperator groupOf;
    private final IntUnaryOperator parameterOf;
    private final int width;
    private final double epsilon;
    private boolean aboutZero;
    private double @Nullable [] frozenMean;
    private double @Nullable [] frozenVariance;

    /**
     * @param groupOf what an element is normalised with
     * @param parameterOf which of the scales and shifts it gets
     * @param width how many scales there are
     */
    Textbook(IntUnaryOperator groupOf, IntUnaryOperator parameterOf, int width, double epsilon) {
        this.groupOf = groupOf;
        this.parameterOf = parameterOf;
        this.width = width;
        this.epsilon = epsilon;
    }

    /** The same with the statistics of each group given, rather than computed. */
    Textbook frozen(float[] mean, float[] variance) {
        frozenMean = Numbers.doubles(mean);
        frozenVariance = Numbers.doubles(variance);
        return this;
    }

    /** The same about zero rather than about the mean. */
    Textbook aboutZero() {
        aboutZero = true;
        return this;
    }

    int width() {
        return width;
    }

    /** What comes out, and with it the gradients. */
    final class Run {

        private final double[] scales;
        private final double[] normalized;
        private final double[] deviations;
        private final int groups;
        final double[] output;

        Run(double[] x, double[] scales, double[] shifts) {
            this.scales = scales;
            this.normalized = new double[x.length];
            this.output = new double[x.length];
            int last = 0;
            for (int i = 0; i < x.length; i++) {
                last = Math.max(last, groupOf.applyAsInt(i));
            }
            groups = last + 1;
            double[] mean = frozenMean != null ? frozenMean : aboutZero ? new double[groups] : means(x);
            double[] centered = new double[x.length];
            double[] squares = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                centered[i] = x[i] - mean[groupOf.applyAsInt(i)];
                squares[i] = centered[i] * centered[i];
            }
            double[] variance = frozenVariance == null ? means(squares) : frozenVariance;
            deviations = new double[groups];
            for (int group = 0; group < groups; group++) {
                deviations[group] = Math.sqrt(variance[group] + epsilon);
            }
            for (int i = 0; i < x.length; i++) {
                normalized[i] = centered[i] / deviations[groupOf.applyAsInt(i)];
                int parameter = parameterOf.applyAsInt(i);
                output[i] = scales[parameter] * normalized[i] + shifts[parameter];
            }
        }

        double[] scaleGradient(double[] dy) {
            double[] gradient = new double[width];
            for (int i = 0; i < dy.length; i++) {
                gradient[parameterOf.applyAsInt(i)] += dy[i] * normalized[i];
            }
            return gradient;
        }

        double[] shiftGradient(double[] dy) {
            double[] gradient = new double[width];
            for (int i = 0; i < dy.length; i++) {
                gradient[parameterOf.applyAsInt(i)] += dy[i];
            }
            return gradient;
        }

        double[] inputGradient(double[] dy) {
            double[] byNormalized = new double[dy.length];
            double[] along = new double[dy.length];
            for (int i = 0; i < dy.length; i++) {
                byNormalized[i] = dy[i] * scales[parameterOf.applyAsInt(i)];
                along[i] = byNormalized[i] * normalized[i];
            }
            // Frozen statistics do not move with the input, nor does a centre at zero.
            double[] byMean = frozenMean == null && !aboutZero ? means(byNormalized) : new double[groups];
            double[] byVariance = frozenMean == null ? means(along) : new double[groups];
            double[] gradient = new double[dy.length];
            for (int i = 0; i < dy.length; i++) {
                int group = groupOf.applyAsInt(i);
                gradient[i] = (byNormalized[i] - byMean[group] - normalized[i] * byVariance[group]) / deviations[group];
            }
            return gradient;
        }

        private double[] means(double[] values) {
            double[] sums = new double[groups];
            int[] counts = new int[groups];
            for (int i = 0; i < values.length; i++) {
                sums[groupOf.applyAsInt(i)] += values[i];
                counts[groupOf.applyAsInt(i)]++;
            }
            for (int group = 0; group < groups; group++) {
                sums[group] /= counts[group];
            }
            return sums;
        }
    }
}
