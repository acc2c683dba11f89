package io.tta4j.onnx.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnxruntime.OnnxTensor;
import io.tta4j.model.Vector;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class ThetaPoolTest {

    private static final Vector FIRST = Vector.of(1, 2, 3);
    private static final Vector SECOND = Vector.of(4, 5, 6);

    private final ThetaPool pool = new ThetaPool(3);

    private static float[] values(OnnxTensor tensor) {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    /** Lends theta and takes it back. */
    private OnnxTensor lendOnce(Vector theta) {
        try (ThetaPool.Lent lent = pool.lend(theta)) {
            assertThat(values(lent.tensor())).containsExactly(theta.toArray());
            assertThat(lent.tensor().getInfo().getShape()).containsExactly(3);
            return lent.tensor();
        }
    }

    @Test
    void lendsTheSameTensorForAnEqualTheta() {
        try (pool) {
            OnnxTensor tensor = lendOnce(FIRST);

            assertThat(lendOnce(Vector.of(FIRST.toArray()))).isSameAs(tensor);
        }
    }

    @Test
    void loadsAnotherThetaIntoATensorThatIsFree() {
        try (pool) {
            OnnxTensor tensor = lendOnce(FIRST);

            assertThat(lendOnce(SECOND)).isSameAs(tensor);
            assertThat(lendOnce(FIRST)).isSameAs(tensor);
        }
    }

    @Test
    void picksTheTensorThatHoldsTheta() {
        try (pool) {
            ThetaPool.Lent first = pool.lend(FIRST);
            ThetaPool.Lent second = pool.lend(SECOND);
            OnnxTensor holdsFirst = first.tensor();
            OnnxTensor holdsSecond = second.tensor();
            first.close();
            second.close();

            assertThat(lendOnce(FIRST)).isSameAs(holdsFirst);
            assertThat(lendOnce(SECOND)).isSameAs(holdsSecond);
            assertThat(lendOnce(FIRST)).isSameAs(holdsFirst);
        }
    }

    /** What is served again and again stays where it is. */
    @Test
    void loadsIntoTheTensorThatWasUsedLongestAgo() {
        try (pool) {
            ThetaPool.Lent first = pool.lend(FIRST);
            ThetaPool.Lent second = pool.lend(SECOND);
            OnnxTensor holdsFirst = first.tensor();
            OnnxTensor holdsSecond = second.tensor();
            first.close();
            second.close();
            lendOnce(FIRST);

            assertThat(lendOnce(Vector.of(7, 8, 9))).isSameAs(holdsSecond);
            assertThat(lendOnce(FIRST)).isSameAs(holdsFirst);
        }
    }

    @Test
    void lendsATensorToOneRunAtATime() {
        try (pool) {
            try (ThetaPool.Lent one = pool.lend(FIRST);
                    ThetaPool.Lent two = pool.lend(FIRST);
                    ThetaPool.Lent other = pool.lend(SECOND)) {
                assertThat(two.tensor()).isNotSameAs(one.tensor());
                assertThat(other.tensor()).isNotSameAs(one.tensor()).isNotSameAs(two.tensor());
                assertThat(values(one.tensor())).containsExactly(1, 2, 3);
                assertThat(values(two.tensor())).containsExactly(1, 2, 3);
                assertThat(values(other.tensor())).containsExactly(4, 5, 6);
            }
        }
    }

    @Test
    void refusesAThetaOfAnotherSize() {
        try (pool) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.lend(Vector.zeros(4)))
                    .withMessage("theta must have 3 values, but had 4");
        }
    }

    @Test
    void freesItsTensors() {
        ThetaPool.Lent first = pool.lend(FIRST);
        ThetaPool.Lent second = pool.lend(SECOND);
        first.close();
        second.close();
        assertThat(first.tensor().isClosed()).isFalse();

        pool.close();
        assertThat(first.tensor().isClosed()).isTrue();
        assertThat(second.tensor().isClosed()).isTrue();
    }
}
