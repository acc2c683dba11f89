package io.tta4j.csfa.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whitening, by what it has to lead to: {@code W^T S W = I}. */
class WhiteningTest {

    /** {@code A A^T / n + floor I}, of random A with n columns: singular if n is less than the size and floor 0. */
    private static Matrix covariance(int size, int samples, double floor) {
        Random random = new Random(5);
        double[][] a = new double[size][samples];
        for (double[] row : a) {
            for (int i = 0; i < samples; i++) {
                row[i] = random.nextGaussian();
            }
        }
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double sum = i == j ? floor : 0;
                for (int k = 0; k < samples; k++) {
                    sum += a[i][k] * a[j][k] / samples;
                }
                values[i * size + j] = (float) sum;
            }
        }
        return Matrix.of(size, size, values);
    }

    private static double trace(Matrix square) {
        double trace = 0;
        for (int i = 0; i < square.rows(); i++) {
            trace += square.get(i, i);
        }
        return trace;
    }

    /** {@code W^T ((1 - s) S + s trace(S) / D I) W} in double precision, beside the identity. */
    private static void assertWhitens(Matrix w, Matrix covariance, double shrinkage, double within) {
        int size = covariance.rows();
        double ridge = shrinkage * trace(covariance) / size;
        for (int a = 0; a < size; a++) {
            for (int b = 0; b < size; b++) {
                double sum = 0;
                for (int i = 0; i < size; i++) {
                    for (int j = 0; j < size; j++) {
                        double s = (1 - shrinkage) * covariance.get(i, j) + (i == j ? ridge : 0);
                        sum += w.get(i, a) * s * w.get(j, b);
                    }
                }
                assertThat(sum).as("%d, %d", a, b).isCloseTo(a == b ? 1 : 0, within(within));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "17, 0", "40, 0", "17, 0.3", "17, 1"})
    void undoesTheShrunkCovariance(int size, double shrinkage) {
        Matrix covariance = covariance(size, 3 * size, 0.5);

        assertWhitens(Whitening.of(covariance, shrinkage), covariance, shrinkage, 1e-5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1})
    void dividesByTheRootOfADiagonal(double shrinkage) {
        float[] diagonal = {4, 1, 0.25f};
        Matrix w = Whitening.of(Matrix.of(3, 3, new float[] {4, 0, 0, 0, 1, 0, 0, 0, 0.25f}), shrinkage);

        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double shrunk = (1 - shrinkage) * diagonal[i] + shrinkage * 5.25 / 3;
                assertThat((double) w.get(i, j)).isCloseTo(i == j ? 1 / Math.sqrt(shrunk) : 0, within(1e-5));
            }
        }
    }

    /** Ten features of four samples: the covariance has rank four. */
    @Test
    void takesACovarianceOfFewerSamplesThanFeatures() {
        Matrix singular = covariance(10, 4, 0);

        assertThat(Whitening.of(singular, 0).isFinite()).isTrue();
        assertWhitens(Whitening.of(singular, 0.1), singular, 0.1, 1e-4);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void treatsAllFeaturesAlikeWhereNothingVaries(double shrinkage) {
        Matrix w = Whitening.of(Matrix.of(3, 3, new float[9]), shrinkage);

        assertThat(w.isFinite()).isTrue();
        assertThat(w.get(0, 0)).isPositive();
        float same = w.get(0, 0);
        assertThat(w).isEqualTo(Matrix.of(3, 3, new float[] {same, 0, 0, 0, same, 0, 0, 0, same}));
    }

    @Test
    void theSpaceCentresThenWhitens() {
        SourcePrototypes prototypes = new SourcePrototypes(
                List.of("a", "b"),
                Vector.of(5, 1),
                Matrix.of(2, 2, new float[] {1, 2, 3, 6}),
                Matrix.of(2, 2, new float[] {4, 0, 0, 0.25f}));

        FeatureSpace space = prototypes.space(0);

        assertThat(space.origin()).as("each class counts the same").isEqualTo(Vector.of(2, 4));
        Matrix placed = space.place(Matrix.of(1, 2, new float[] {4, 5}), Vector.of(2, 4));
        assertThat((double) placed.get(0, 0)).isCloseTo(1, within(1e-5));
        assertThat((double) placed.get(0, 1)).isCloseTo(2, within(1e-4));
        assertThat(prototypes.space(1).whitening()).isEmpty();
        assertThat(prototypes.space(1).place(Matrix.of(1, 2, new float[] {4, 5}), Vector.of(1, 1)))
                .isEqualTo(Matrix.of(1, 2, new float[] {3, 4}));
    }
}
