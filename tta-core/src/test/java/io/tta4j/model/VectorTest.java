package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorTest {

    private static final Vector A = Vector.of(1, 2, 3);
    private static final Vector B = Vector.of(4, -5, 6);

    @Test
    void calculates() {
        assertThat(A.plus(B)).isEqualTo(Vector.of(5, -3, 9));
        assertThat(A.minus(B)).isEqualTo(Vector.of(-3, 7, -3));
        assertThat(A.plus(2, B)).isEqualTo(Vector.of(9, -8, 15));
        assertThat(A.times(2)).isEqualTo(Vector.of(2, 4, 6));
        assertThat(A.times(B)).isEqualTo(Vector.of(4, -10, 18));
        assertThat(A.dot(B)).isEqualTo(12);
        assertThat(Vector.of(3, 4).norm()).isEqualTo(5);
        assertThat(Vector.zeros(2)).isEqualTo(Vector.of(0, 0));
    }

    @Test
    void sumsInDoublePrecision() {
        float[] ones = new float[1 << 20];
        Arrays.fill(ones, 1);
        ones[0] = 1e4f;

        assertThat(Vector.of(ones).dot(Vector.of(ones))).isEqualTo(1e8 + ones.length - 1);
    }

    @Test
    void refusesAnotherSize() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> A.plus(Vector.zeros(2)))
                .withMessage("vectors must have the same size, but were 3 and 2");
        assertThatIllegalArgumentException().isThrownBy(() -> A.times(Vector.zeros(4)));
        assertThatIllegalArgumentException().isThrownBy(() -> A.dot(Vector.zeros(4)));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void knowsWhetherItIsFinite(float bad) {
        assertThat(A.isFinite()).isTrue();
        assertThat(Vector.of(1, bad).isFinite()).isFalse();
    }

    @Test
    void handsOutCopies() {
        A.toArray()[0] = 9;
        A.slice(0, 2)[0] = 9;

        assertThat(A.get(0)).isEqualTo(1);
    }

    @Test
    void isCutIntoNamedParts() {
        AffineLayout layout = new AffineLayout(
                List.of(
                        new NormLayer("a", NormKind.GROUP, 2, 0, OptionalInt.of(2)),
                        new NormLayer("b", NormKind.LAYER, 1, 4, OptionalInt.empty())),
                5);

        assertThat(layout.named(Vector.of(1, 2, 3, 4, 5)))
                .hasSize(3)
                .containsEntry("a.weight", new float[] {1, 2})
                .containsEntry("a.bias", new float[] {3, 4})
                .containsEntry("b.weight", new float[] {5});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.named(A))
                .withMessage("a vector over this layout must have 5 values, but had 3");
    }
}
