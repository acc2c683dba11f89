package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyAppenderTest {

    private static final List<Integer> SHAPE = List.of(4, 3);

    @Test
    void goesOnBehindTheLastWholeBlock(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.npy");
        try (NpyAppender array = NpyAppender.open(file, NpyType.UINT8, SHAPE, 6)) {
            assertThat(array.written()).isZero();
            array.append(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 9, 9}));
            assertThat(array.written()).isEqualTo(8);
        }
        try (NpyAppender array = NpyAppender.open(file, NpyType.UINT8, SHAPE, 6)) {
            assertThat(array.written()).isEqualTo(6);
            array.append(ByteBuffer.wrap(new byte[] {7, 8, 9, 10, 11, 12}));
            array.force();
        }
        NpyArray whole = NpyFile.read(file);
        assertThat(whole.shape()).isEqualTo(SHAPE);
        assertThat(whole.integers()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    @Test
    void beginsAgainWhereNotEvenTheHeaderIsThere(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.npy");
        Files.write(file, new byte[] {1, 2, 3});
        try (NpyAppender array = NpyAppender.open(file, NpyType.INT64, List.of(1), 1)) {
            assertThat(array.written()).isZero();
            array.append(ByteBuffer.allocate(8));
        }
        assertThat(NpyFile.read(file).integers()).containsExactly(0);
    }
}
