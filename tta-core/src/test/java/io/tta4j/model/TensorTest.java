package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {

    @Test
    void usesADirectBufferInPlace() {
        ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        Tensor tensor = Tensor.of(ElementType.FLOAT32, memory, 2, 2);
        memory.putFloat(8, 3);

        assertThat(tensor.floats().get(2)).isEqualTo(3);
    }

    @Test
    void readsTheRemainingBytesOnly() {
        ByteBuffer memory = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
        memory.putFloat(7).putFloat(8).putFloat(9).position(4);

        assertThat(Tensor.of(ElementType.FLOAT32, memory, 2).floats().get(0)).isEqualTo(8);
    }

    @Test
    void copiesAHeapBuffer() {
        ByteBuffer memory =
                ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, 5);
        Tensor tensor = Tensor.of(ElementType.INT64, memory, 1);
        memory.putLong(0, 6);

        assertThat(tensor.data().isDirect()).isTrue();
        assertThat(tensor.data().getLong()).isEqualTo(5);
    }

    @Test
    void refusesAForeignByteOrder() {
        ByteOrder foreign =
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer memory = ByteBuffer.allocateDirect(4).order(foreign);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.of(ElementType.FLOAT32, memory, 1))
                .withMessageContaining("must be in native byte order");
    }

    @ParameterizedTest
    @EnumSource
    void needsAsManyBytesAsItsShapeSays(ElementType type) {
        ByteBuffer memory = ByteBuffer.allocateDirect(6 * type.bytes()).order(ByteOrder.nativeOrder());

        assertThat(Tensor.of(type, memory, 3, 2)).hasToString(type + "[3, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.of(type, memory, 3, 3))
                .withMessage(
                        "a %s tensor of shape [3, 3] must have %d bytes, but had %d",
                        type, 9 * type.bytes(), 6 * type.bytes());
    }

    @Test
    void refusesShapesWithoutRows() {
        assertThatIllegalArgumentException().isThrownBy(() -> Tensor.of(new float[1]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.of(new float[0], 0, 3))
                .withMessageContaining("every extent at least 1, but was [0, 3]");
    }

    @Test
    void selectsRowsInAnyOrder() {
        Tensor tensor = Tensor.of(new long[] {1, 2, 3, 4, 5, 6}, 3, 2);
        Tensor selected = tensor.select(2, 0, 2, 1);

        assertThat(selected.shape()).containsExactly(4, 2);
        long[] values = new long[8];
        selected.data().asLongBuffer().get(values);
        assertThat(values).containsExactly(5, 6, 1, 2, 5, 6, 3, 4);
    }

    @Test
    void refusesToSelectRowsThatAreNotThere() {
        Tensor tensor = Tensor.of(new float[] {1, 2}, 2);

        assertThatThrownBy(() -> tensor.select(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.select(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatIllegalArgumentException().isThrownBy(tensor::select);
    }

    @Test
    void readsFloatsOfFloatsOnly() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Tensor.of(new long[] {1}, 1).floats())
                .withMessageContaining("must be FLOAT32, but was INT64");
    }

    @Test
    void keepsItsShapeToItself() {
        Tensor tensor = Tensor.of(new float[] {1, 2}, 2, 1);
        tensor.shape()[0] = 9;

        assertThat(tensor.rows()).isEqualTo(2);
    }
}
