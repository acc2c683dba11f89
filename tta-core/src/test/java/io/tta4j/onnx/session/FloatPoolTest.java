package io.tta4j.onnx.session;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class FloatPoolTest {

    private final FloatPool pool = new FloatPool();

    private static float[] values(FloatPool.Lent lent) {
        FloatBuffer buffer = lent.tensor().getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    /** The memory that a tensor lies in, which outlives the tensor. */
    private static FloatBuffer memory(FloatPool.Lent lent) {
        return (FloatBuffer) lent.tensor().getBufferRef().orElseThrow();
    }

    @Test
    void lendsACopyInAShape() {
        float[] values = {1, 2, 3, 4, 5, 6};
        try (FloatPool.Lent lent = pool.lend(values, 2, 3)) {
            values[0] = 7;

            assertThat(values(lent)).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(lent.tensor().getInfo().getShape()).containsExactly(2, 3);
        }
    }

    @Test
    void lendsTheSameMemoryAgain() {
        FloatPool.Lent first = pool.lend(new float[] {1, 2, 3, 4}, 2, 2);
        FloatBuffer memory = memory(first);
        first.close();
        try (FloatPool.Lent second = pool.lend(new float[] {5, 6, 7, 8}, 4)) {
            assertThat(memory.get(3)).isEqualTo(8);
            assertThat(values(second)).containsExactly(5, 6, 7, 8);
        }
    }

    @Test
    void lendsAPartOfLargerMemory() {
        FloatPool.Lent large = pool.lend(new float[] {1, 2, 3, 4}, 4);
        FloatBuffer memory = memory(large);
        large.close();
        try (FloatPool.Lent small = pool.lend(new float[] {5, 6}, 1, 2)) {
            assertThat(memory.get(1)).isEqualTo(6);
            assertThat(values(small)).containsExactly(5, 6);
        }
        try (FloatPool.Lent again = pool.lend(new float[] {7, 8, 9, 10}, 4)) {
            assertThat(memory.get(3)).isEqualTo(10);
            assertThat(values(again)).containsExactly(7, 8, 9, 10);
        }
    }

    @Test
    void lendsLargerMemoryWhereWhatIsFreeIsTooSmall() {
        pool.lend(new float[] {1}, 1).close();
        try (FloatPool.Lent lent = pool.lend(new float[] {2, 3, 4}, 3)) {
            assertThat(values(lent)).containsExactly(2, 3, 4);
        }
    }

    @Test
    void lendsMemoryToOneRunAtATime() {
        pool.lend(new float[2], 2).close();
        try (FloatPool.Lent one = pool.lend(new float[] {1, 2}, 2);
                FloatPool.Lent two = pool.lend(new float[] {3, 4}, 2)) {
            assertThat(values(one)).containsExactly(1, 2);
            assertThat(values(two)).containsExactly(3, 4);
        }
    }

    @Test
    void freesTheTensorThatItTakesBack() {
        FloatPool.Lent lent = pool.lend(new float[] {1}, 1);
        OnnxTensor tensor = lent.tensor();
        lent.close();

        assertThat(tensor.isClosed()).isTrue();
    }
}
