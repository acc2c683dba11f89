package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The products of matrices, and what goes with them, beside plain loops in double precision. */
class MatrixProductTest {

    /** The distance between a float and the next, for values in 1..2. */
    private static final double ROUNDING = Math.pow(2, -23);

    private static Matrix random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Matrix.of(rows, columns, values);
    }

    /** k beside multiples of 4, n beside multiples of the block of 1024, and nothing at all. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "3, 5, 7",
        "2, 4, 1024",
        "3, 6, 1025",
        "5, 7, 2049",
        "1, 1023, 3",
        "64, 33, 1030",
        "2, 8, 3072",
        "0, 3, 4",
        "3, 0, 4",
        "3, 4, 0",
        "0, 0, 0"
    })
    void multiplies(int m, int k, int n) {
        Matrix left = random(m, k, 1);
        Matrix right = random(k, n, 2);

        Matrix product = left.times(right);

        assertThat(product.rows()).isEqualTo(m);
        assertThat(product.columns()).isEqualTo(n);
        for (int row = 0; row < m; row++) {
            for (int column = 0; column < n; column++) {
                double sum = 0;
                double size = 0;
                for (int i = 0; i < k; i++) {
                    double term = (double) left.get(row, i) * right.get(i, column);
                    sum += term;
                    size += Math.abs(term);
                }
                assertThat((double) product.get(row, column)).isCloseTo(sum, within((k + 4) * ROUNDING * size));
            }
        }
    }

    @Test
    void refusesAFactorOfOtherRows() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> random(2, 3, 1).times(random(4, 5, 2)))
                .withMessage("a factor behind Matrix[2, 3] must have 3 rows, but was Matrix[4, 5]");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "7, 1030", "0, 4", "4, 0"})
    void turnsRowsIntoColumns(int rows, int columns) {
        Matrix matrix = random(rows, columns, 3);

        Matrix turned = matrix.transposed();

        assertThat(turned.rows()).isEqualTo(columns);
        assertThat(turned.columns()).isEqualTo(rows);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                assertThat(turned.get(column, row)).isEqualTo(matrix.get(row, column));
            }
        }
        assertThat(turned.transposed()).isEqualTo(matrix);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-30, 1e-42, 1e30})
    void dividesRowsByTheirNormHoweverLargeOrSmall(double size) {
        float three = (float) (3 * size);
        float four = (float) (4 * size);
        Matrix units =
                Matrix.of(3, 2, new float[] {three, four, 0, 0, -three, 0}).unitRows();

        double norm = Math.hypot(three, four);
        assertThat((double) units.get(0, 0)).isCloseTo(three / norm, within(1e-7));
        assertThat((double) units.get(0, 1)).isCloseTo(four / norm, within(1e-7));
        assertThat(units.row(1)).as("a row of zeros").containsExactly(0, 0);
        assertThat(units.row(2)).containsExactly(-1, 0);
    }

    @Test
    void hasNoUnitsOfNothing() {
        assertThat(random(0, 3, 1).unitRows()).isEqualTo(Matrix.of(0, 3, new float[0]));
        assertThat(random(3, 0, 1).unitRows()).isEqualTo(Matrix.of(3, 0, new float[0]));
    }

    @Test
    void subtractsARowFromEach() {
        Matrix matrix = Matrix.of(2, 3, new float[] {1, 2, 3, 4, 5, 6});

        assertThat(matrix.minusRow(Vector.of(1, 0.5f, -1)).toArray()).containsExactly(0, 1.5f, 4, 3, 4.5f, 7);
        assertThat(matrix.get(0, 0)).as("the matrix itself").isEqualTo(1);
        assertThat(random(0, 3, 1).minusRow(Vector.zeros(3)).rows()).isZero();
        assertThat(random(3, 0, 1).minusRow(Vector.zeros(0)).rows()).isEqualTo(3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> matrix.minusRow(Vector.zeros(2)))
                .withMessage("a row of Matrix[2, 3] must have 3 values, but had 2");
    }

    @Test
    void meansItsRows() {
        Matrix matrix = Matrix.of(3, 2, new float[] {1, -2, 4, 0.5f, 4, 3});

        assertThat(matrix.meanRow()).isEqualTo(Vector.of(3, 0.5f));
        assertThat(random(0, 3, 1).meanRow()).isEqualTo(Vector.zeros(3));
        assertThat(random(3, 0, 1).meanRow()).isEqualTo(Vector.zeros(0));
    }

    @Test
    void isAVectorRowAfterRow() {
        Matrix matrix = random(3, 5, 4);

        assertThat(matrix.asVector().toArray()).containsExactly(matrix.toArray());
        assertThat(matrix.asVector().asMatrix(3, 5)).isEqualTo(matrix);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> matrix.asVector().asMatrix(4, 4))
                .withMessage("a matrix of shape [4, 4] must have 16 values, but had 15");
    }
}
