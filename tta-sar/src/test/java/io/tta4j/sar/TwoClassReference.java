package io.tta4j.sar;

import java.util.Arrays;
import java.util.List;

/**
 * SAR, and RSGS where alpha is not zero, in double precision: over two classes in closed form, on the model of
 * {@link LinearModel}. Logits z = w x + b, d = z1 - z2, p = sigmoid(d), dH/dd = -p (1 - p) d.
 */
public final class TwoClassReference {

    private final double[] theta = {1, 1, 0, 0};
    private final double[] velocity = new double[4];
    private double average = Double.NaN;
    private int reliable;
    private int adapted;
    private double loss;

    /** One step over samples of two logits each, of which some must stay reliable. */
    public void step(float[][] batch, double rate, double momentum, double rho, double alpha, double margin) {
        List<float[]> first =
                Arrays.stream(batch).filter(x -> entropy(theta, x) < margin).toList();
        double[] ascent = gradient(theta, first);
        double norm = Math.sqrt(dot(ascent, ascent));
        double[] worst = new double[4];
        for (int i = 0; i < 4; i++) {
            worst[i] = theta[i] + rho * ascent[i] / (norm + 1e-12);
        }
        List<float[]> second =
                first.stream().filter(x -> entropy(worst, x) < margin).toList();
        double[] descent = gradient(worst, second);
        double along = dot(ascent, descent) / dot(descent, descent);
        for (int i = 0; i < 4; i++) {
            double orthogonal = ascent[i] - along * descent[i];
            velocity[i] = momentum * velocity[i] + descent[i] - alpha * orthogonal;
            theta[i] -= rate * velocity[i];
        }
        reliable = first.size();
        adapted = second.size();
        loss = second.stream().mapToDouble(x -> entropy(worst, x)).average().orElseThrow();
        average = Double.isNaN(average) ? loss : 0.9 * average + 0.1 * loss;
    }

    /** Theta after the steps so far: two scales, two shifts. */
    public double theta(int index) {
        return theta[index];
    }

    /** The momentum after the steps so far. */
    public double velocity(int index) {
        return velocity[index];
    }

    /** The loss average after the steps so far. */
    public double average() {
        return average;
    }

    /** |S1| of the last step. */
    public int reliable() {
        return reliable;
    }

    /** |S2| of the last step. */
    public int adapted() {
        return adapted;
    }

    /** The mean entropy over S2 of the last step. */
    public double loss() {
        return loss;
    }

    /** The entropy in nats of one sample of two logits. */
    public static double entropy(double[] theta, float[] x) {
        double d = Math.abs(difference(theta, x));
        return Math.log1p(Math.exp(-d)) + d / (1 + Math.exp(d));
    }

    private static double difference(double[] theta, float[] x) {
        return theta[0] * x[0] + theta[2] - theta[1] * x[1] - theta[3];
    }

    private static double[] gradient(double[] theta, List<float[]> samples) {
        double[] gradient = new double[4];
        for (float[] x : samples) {
            double d = difference(theta, x);
            double p = 1 / (1 + Math.exp(-d));
            double slope = -p * (1 - p) * d / samples.size();
            gradient[0] += slope * x[0];
            gradient[1] -= slope * x[1];
            gradient[2] += slope;
            gradient[3] -= slope;
        }
        return gradient;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
