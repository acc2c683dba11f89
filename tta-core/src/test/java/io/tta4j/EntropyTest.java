package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import org.junit.jupiter.api.Test;

class EntropyTest {

    /** H of (ln 1, ln 2, ln 5) is that of (1, 2, 5) / 8. */
    @Test
    void knowsEntropies() {
        double expected = -(0.125 * Math.log(0.125) + 0.25 * Math.log(0.25) + 0.625 * Math.log(0.625));
        Matrix logits = Matrix.of(2, 3, new float[] {0, (float) Math.log(2), (float) Math.log(5), 0, 0, 0});
        assertThat(Entropy.mean(logits)).isCloseTo((expected + Math.log(3)) / 2, within(1e-7));
        assertThat(Entropy.mean(Matrix.of(1, 2, new float[] {1e30f, -1e30f}))).isZero();
    }
}
