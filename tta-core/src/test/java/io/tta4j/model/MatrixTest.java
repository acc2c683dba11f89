package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class MatrixTest {

    private static final Matrix MATRIX = Matrix.of(2, 3, new float[] {1, 5, 5, 4, 2, 3});

    @Test
    void isRowMajor() {
        assertThat(MATRIX.get(1, 0)).isEqualTo(4);
        assertThat(MATRIX.row(1)).containsExactly(4, 2, 3);
        assertThat(MATRIX.select(1, 0, 1).toArray()).containsExactly(4, 2, 3, 1, 5, 5, 4, 2, 3);
    }

    @Test
    void findsTheFirstOfTheLargest() {
        assertThat(MATRIX.argmax(0)).isEqualTo(1);
        assertThat(MATRIX.argmax(1)).isZero();
    }

    @Test
    void handsOutCopies() {
        MATRIX.toArray()[0] = 9;
        MATRIX.row(0)[0] = 9;

        assertThat(MATRIX.get(0, 0)).isEqualTo(1);
    }

    @Test
    void refusesAnotherNumberOfValues() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Matrix.of(2, 3, new float[5]))
                .withMessage("a matrix of shape [2, 3] must have 6 values, but had 5");
    }

    @Test
    void comparesShapeAndValues() {
        assertThat(MATRIX)
                .isEqualTo(Matrix.of(2, 3, MATRIX.toArray()))
                .hasSameHashCodeAs(Matrix.of(2, 3, MATRIX.toArray()))
                .isNotEqualTo(Matrix.of(3, 2, MATRIX.toArray()))
                .isNotEqualTo(MATRIX.select(1, 0));
    }

    @Test
    void knowsWhetherItIsFinite() {
        assertThat(MATRIX.isFinite()).isTrue();
        assertThat(Matrix.of(1, 2, new float[] {1, Float.NaN}).isFinite()).isFalse();
    }
}
