package io.tta4j.csfa.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TEEN's calibration beside its closed form in double precision. */
class CalibrationTest {

    private static final Matrix AXES = Matrix.of(2, 2, new float[] {1, 0, 0, 1});
    private static final Vector BETWEEN = Vector.of(0.6f, 0.8f);

    private static void assertClose(Vector found, double... expected) {
        assertThat(found.size()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found.get(i)).as("value %d", i).isCloseTo(expected[i], within(1e-6));
        }
    }

    private static Matrix randomUnits(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Matrix.of(rows, columns, values).unitRows();
    }

    /** With weights e^(3 * 0.6) and e^(3 * 0.8), by hand. */
    @Test
    void pullsTowardsTheWeightedMeanOfTwoAxes() {
        double first = Math.exp(1.8);
        double second = Math.exp(2.4);
        double norm = Math.hypot(first, second);

        assertClose(
                new Calibration(0.25, 3).calibrate(BETWEEN, AXES),
                0.75 * 0.6 + 0.25 * first / norm,
                0.75 * 0.8 + 0.25 * second / norm);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 16, 6, 64", "0.1, 16, 60, 512", "0.9, 1, 1, 3", "0.4, 200, 10, 768", "0.5, 0, 7, 33"})
    void isTheClosedForm(double lambda, double tau, int classes, int width) {
        Matrix base = randomUnits(classes, width, 1);
        Vector mean = randomUnits(1, width, 2).asVector();
        double[] exponentials = new double[classes];
        double denominator = 0;
        for (int b = 0; b < classes; b++) {
            exponentials[b] = Math.exp(tau * mean.dot(Vector.of(base.row(b))));
            denominator += exponentials[b];
        }
        double[] sum = new double[width];
        double square = 0;
        for (int i = 0; i < width; i++) {
            for (int b = 0; b < classes; b++) {
                sum[i] += exponentials[b] / denominator * base.get(b, i);
            }
            square += sum[i] * sum[i];
        }
        double[] expected = new double[width];
        for (int i = 0; i < width; i++) {
            expected[i] = (1 - lambda) * mean.get(i) + lambda * sum[i] / Math.sqrt(square);
        }

        assertClose(new Calibration(lambda, tau).calibrate(mean, base), expected);
    }

    @Test
    void lambdaZeroLeavesTheMean() {
        assertThat(new Calibration(0, 16).calibrate(BETWEEN, AXES)).isEqualTo(BETWEEN);
    }

    @Test
    void lambdaOneLeavesTheBaseClassesAlone() {
        double first = Math.exp(1.2);
        double second = Math.exp(1.6);

        assertClose(
                new Calibration(1, 2).calibrate(BETWEEN, AXES),
                first / Math.hypot(first, second),
                second / Math.hypot(first, second));
    }

    @Test
    void tauZeroCountsAllBaseClassesAlike() {
        assertClose(new Calibration(1, 0).calibrate(BETWEEN, AXES), Math.sqrt(0.5), Math.sqrt(0.5));
    }

    /** Where e^tau is beyond any double. */
    @Test
    void aLargeTauCountsTheNearestAlone() {
        assertClose(new Calibration(1, 1e6).calibrate(BETWEEN, AXES), 0, 1);
    }

    @Test
    void baseClassesThatCancelPullNowhere() {
        Matrix opposite = Matrix.of(2, 2, new float[] {1, 0, -1, 0});

        assertClose(new Calibration(0.5, 0).calibrate(BETWEEN, opposite), 0.3, 0.4);
    }
}
