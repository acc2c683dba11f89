package io.tta4j.stream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class NpyFileTest {

    @TempDir
    private Path folder;

    static Stream<Arguments> arraysOfNumPy() {
        return Stream.of(
                arguments(NumPy.FLOAT32, NpyType.FLOAT32, List.of(3, 2), new double[] {1.5, -2, 3, 4, 0, 1e-3f}),
                arguments(NumPy.INT64, NpyType.INT64, List.of(3), new double[] {1, -2, 1L << 40}),
                arguments(NumPy.UINT8, NpyType.UINT8, List.of(4), new double[] {0, 127, 128, 255}),
                arguments(NumPy.INT32, NpyType.INT32, List.of(2), new double[] {-1, 7}),
                arguments(NumPy.FLOAT64, NpyType.FLOAT64, List.of(), new double[] {0.1}));
    }

    @ParameterizedTest
    @MethodSource("arraysOfNumPy")
    void readsWhatNumPyWrote(byte[] file, NpyType type, List<Integer> shape, double[] values) throws IOException {
        NpyArray array = NpyFile.read(write("a.npy", file));

        assertThat(array.type()).isEqualTo(type);
        assertThat(array.shape()).isEqualTo(shape);
        assertThat(array.doubles()).containsExactly(values);
    }

    @Test
    void writesWhatNumPyWrites() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        NpyArray.of(new float[] {1.5f, -2, 3, 4, 0, 1e-3f}, 3, 2).writeTo(out);

        assertThat(out.toByteArray()).isEqualTo(NumPy.FLOAT32);
    }

    static Stream<NpyArray> arrays() {
        return Stream.of(
                NpyArray.of(new float[] {1, Float.NaN, Float.NEGATIVE_INFINITY, -0f}, 2, 2),
                NpyArray.of(new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE}, 3),
                NpyArray.of(new byte[] {0, -1, 5, 7}, 1, 2, 2, 1),
                NpyArray.of(new float[0], 0, 4));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void survivesARoundTrip(NpyArray array) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        array.writeTo(out);

        NpyArray read = NpyFile.read(write("b.npy", out.toByteArray()));

        assertThat(read.type()).isEqualTo(array.type());
        assertThat(read.shape()).isEqualTo(array.shape());
        assertThat(read.bytes()).isEqualTo(array.bytes());
    }

    @Test
    void readsElementsWhereTheyAreNeeded() throws IOException {
        try (NpyFile file = NpyFile.open(write("c.npy", NumPy.FLOAT32))) {
            ByteBuffer two = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            file.read(2, two);

            assertThat(two.flip().getFloat()).isEqualTo(3f);
            assertThat(two.getFloat()).isEqualTo(4f);
            assertThatThrownBy(() -> file.read(5, ByteBuffer.allocate(8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                arguments("empty", new byte[0], "must be an .npy file"),
                arguments("text", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8), "must be an .npy file"),
                arguments("cut header", Arrays.copyOf(NumPy.FLOAT32, 40), "ended inside its header"),
                arguments(
                        "truncated",
                        Arrays.copyOf(NumPy.FLOAT32, NumPy.FLOAT32.length - 5),
                        "must hold 24 bytes after the header, but held 19"),
                arguments(
                        "too long",
                        Arrays.copyOf(NumPy.FLOAT32, NumPy.FLOAT32.length + 3),
                        "must hold 24 bytes after the header, but held 27"),
                arguments("fortran", NumPy.FORTRAN, "must be in C order, but was in Fortran order"),
                arguments("big endian", NumPy.BIG_ENDIAN, "must be little endian, but had dtype '>f4'"),
                arguments(
                        "complex",
                        NumPy.COMPLEX,
                        "must have a dtype of [uint8, int32, int64, float32, float64], but had '<c8'"),
                arguments("record", NumPy.RECORD, "must have one plain dtype in its header"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void saysWhatIsWrongWithAFile(String name, byte[] file, String problem) throws IOException {
        Path path = write("broken.npy", file);

        assertThatThrownBy(() -> NpyFile.open(path))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("broken.npy ")
                .hasMessageContaining(problem);
    }

    @Test
    void aMissingFileIsMissing() {
        assertThatThrownBy(() -> NpyFile.open(folder.resolve("none.npy"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void elementsAreNotReadAsAnotherType() throws IOException {
        NpyArray array = NpyFile.read(write("f.npy", NumPy.FLOAT32));

        assertThatThrownBy(array::integers).hasMessage("f.npy must hold integers, but held float32");
        assertThatThrownBy(() -> array.requireType(NpyType.UINT8)).hasMessage("f.npy must be uint8, but was float32");
    }

    @Test
    void anArrayHasAsManyValuesAsItsShapeAsksFor() {
        assertThatThrownBy(() -> NpyArray.of(new float[3], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have 4 values, but had 3");
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }
}
