package io.tta4j.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileValuesTest {

    private static final long[] SHAPE = {2, 3, 4};
    private static final int ELEMENTS = 24;
    private static final int OFFSET = 5;

    @TempDir
    private Path folder;

    private TensorProto stored = TensorProto.getDefaultInstance();

    /** The number at (i, j, k) is 100 i + 10 j + k; five other bytes lie in front. */
    @BeforeEach
    void store() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(OFFSET + ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(OFFSET);
        for (int i = 0; i < SHAPE[0]; i++) {
            for (int j = 0; j < SHAPE[1]; j++) {
                for (int k = 0; k < SHAPE[2]; k++) {
                    bytes.putFloat(100 * i + 10 * j + k);
                }
            }
        }
        Path file = Files.write(folder.resolve("weights.bin"), bytes.array());
        TensorProto described = Tensors.of("w", new float[0], SHAPE);
        stored = FileValues.of(described, file, OFFSET, ELEMENTS * Float.BYTES);
    }

    @Test
    void areReadWhenTheyAreAskedFor() {
        assertThat(FileValues.holds(stored)).isTrue();
        assertThat(stored.getSerializedSize()).isLessThan(ELEMENTS * Float.BYTES + 500);
        assertThat(Tensors.floats(stored)).startsWith(0, 1, 2, 3, 10, 11).endsWith(122, 123);
        assertThat(FileValues.holds(FileValues.loaded(stored))).isFalse();
        assertThat(Tensors.floats(FileValues.loaded(stored))).containsExactly(Tensors.floats(stored));
    }

    @ParameterizedTest
    @CsvSource({"0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"})
    void havePermutedAxes(long first, long second, long third) {
        long[] permutation = {first, second, third};
        TensorProto moved = FileValues.transposed(stored, "moved", permutation);
        long[] shape = Tensors.shape(moved);

        assertThat(moved.getName()).isEqualTo("moved");
        assertThat(shape).containsExactly(SHAPE[(int) first], SHAPE[(int) second], SHAPE[(int) third]);
        float[] values = Tensors.floats(moved);
        int[] index = new int[3];
        for (int i = 0; i < ELEMENTS; i++) {
            index[(int) first] = (int) (i / (shape[1] * shape[2]));
            index[(int) second] = (int) (i / shape[2] % shape[1]);
            index[(int) third] = (int) (i % shape[2]);
            assertThat(values[i]).isEqualTo(100 * index[0] + 10 * index[1] + index[2]);
        }
    }

    @Test
    void arePermutedTwice() {
        TensorProto once = FileValues.transposed(stored, "once", new long[] {1, 2, 0});
        TensorProto back = FileValues.transposed(once, "back", new long[] {2, 0, 1});

        assertThat(Tensors.shape(back)).containsExactly(SHAPE);
        assertThat(Tensors.floats(back)).containsExactly(Tensors.floats(stored));
    }

    @Test
    void goBehindWhatABufferHolds() {
        ByteBuffer target =
                ByteBuffer.allocateDirect(Float.BYTES * (ELEMENTS + 1)).order(ByteOrder.LITTLE_ENDIAN);
        target.putFloat(-1);
        FileValues.read(FileValues.transposed(stored, "moved", new long[] {2, 1, 0}), target);

        assertThat(target.hasRemaining()).isFalse();
        assertThat(IntStream.of(0, 1, 2).mapToObj(i -> target.getFloat(Float.BYTES * i)))
                .containsExactly(-1f, 0f, 100f);
    }

    @Test
    void endWithTheirFile() throws IOException {
        Files.write(folder.resolve("weights.bin"), new byte[OFFSET + 8]);

        assertThatThrownBy(() -> Tensors.floats(stored))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot read the weights 'w'")
                .hasRootCauseMessage("the file ends within them");
    }
}
