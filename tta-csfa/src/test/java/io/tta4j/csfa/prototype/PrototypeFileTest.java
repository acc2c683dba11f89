package io.tta4j.csfa.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrototypeFileTest {

    /** As Python's safetensors writes it: tensors by name, offsets from the end of the header, padded with spaces. */
    private static final String HEADER = """
            {"__metadata__":{"classes":"[\\"cat\\", \\"dog\\"]"},\
            "counts":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
            "covariance":{"dtype":"F32","shape":[3,3],"data_offsets":[8,44]},\
            "means":{"dtype":"F32","shape":[2,3],"data_offsets":[44,68]}}""";

    private static final float[] VALUES = {7, 8, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0.1f, 0.2f, 0.3f, -1, -2, -3};

    @TempDir
    private Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("p.safetensors"), bytes);
    }

    private static byte[] file(String header, float... values) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] head = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
        Arrays.fill(head, text.length, head.length, (byte) ' ');
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + head.length + values.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(head.length).put(head);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private void assertRefused(byte[] bytes, String problem) throws IOException {
        Path file = write(bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrototypeFile.read(file))
                .withMessageStartingWith("'p.safetensors' must be a prototypes file, but ")
                .withMessageContaining(problem)
                .withMessageEndingWith("; make it with ./tta prototypes");
    }

    @Test
    void readsWhatPythonWrites() throws IOException {
        SourcePrototypes prototypes = PrototypeFile.read(write(file(HEADER, VALUES)));

        assertThat(prototypes)
                .isEqualTo(new SourcePrototypes(
                        List.of("cat", "dog"),
                        Vector.of(7, 8),
                        Matrix.of(2, 3, new float[] {0.1f, 0.2f, 0.3f, -1, -2, -3}),
                        Matrix.of(3, 3, new float[] {1, 0, 0, 0, 2, 0, 0, 0, 3})));
    }

    @Test
    void givesBackTheBits() throws IOException {
        SourcePrototypes prototypes = new SourcePrototypes(
                List.of("naïve \"fox\", [1]\t", "犬", "a b"),
                Vector.of(1, 1 << 24, 3),
                Matrix.of(3, 2, new float[] {Float.MIN_VALUE, -0f, 1e38f, 0.1f, (float) Math.PI, -1}),
                Matrix.of(2, 2, new float[] {0.1f, 1e-20f, 1e-20f, 0.3f}));
        Path file = folder.resolve("q.safetensors");

        PrototypeFile.write(prototypes, file);
        byte[] bytes = Files.readAllBytes(file);

        assertThat(PrototypeFile.read(file)).isEqualTo(prototypes);
        PrototypeFile.write(PrototypeFile.read(file), file);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void replacesAFile() throws IOException {
        Path file = write(new byte[10_000]);
        SourcePrototypes one = new SourcePrototypes(
                List.of("a"), Vector.of(1), Matrix.of(1, 1, new float[] {2}), Matrix.of(1, 1, new float[] {3}));

        PrototypeFile.write(one, file);

        assertThat(PrototypeFile.read(file)).isEqualTo(one);
    }

    @Test
    void aMissingFileIsAnIoException() {
        assertThatThrownBy(() -> PrototypeFile.read(folder.resolve("none"))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 100})
    void refusesAHeaderThatIsCutOff(int length) throws IOException {
        assertRefused(Arrays.copyOf(file(HEADER, VALUES), length), "its header is cut off");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 0, 1, 1_000_000, 1L << 32, Long.MAX_VALUE})
    void refusesAHeaderOfAnImpossibleLength(long length) throws IOException {
        byte[] bytes = file(HEADER, VALUES);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);

        assertRefused(bytes, "its header is cut off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not JSON at all", "{\"counts\":", "\u0000\u0001\u0002", "{\"a\":1e"})
    void refusesAHeaderThatIsNoJson(String header) throws IOException {
        assertRefused(file(header, VALUES), "its header is no JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"        ", "{}", "[]", "null", "3", "{\"__metadata__\":{}}", "{\"counts\":4}"})
    void refusesAHeaderWithoutTensors(String header) throws IOException {
        assertRefused(file(header, VALUES), "it has no tensor 'counts' of type F32 within its bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                // a tensor under another name, of another type, or not within the bytes
                "\"means\"       | \"mean\"          | it has no tensor 'means'",
                "\"covariance\"  | \"cov\"           | it has no tensor 'covariance'",
                "\"F32\"         | \"F16\"           | it has no tensor 'counts' of type F32",
                "[44,68]         | [44,72]           | it has no tensor 'means' of type F32 within its bytes",
                "[44,68]         | [68,44]           | it has no tensor 'means'",
                "[44,68]         | [-24,0]           | it has no tensor 'means'",
                "[44,68]         | [44]              | it has no tensor 'means'",
                "[44,68]         | []                | it has no tensor 'means'",
                "[44,68]         | 44                | it has no tensor 'means'",
                "[44,68]         | [44,67]           | it has no tensor 'means'",
                "[44,68]         | [44,4294967340]   | it has no tensor 'means'",
                "[44,68]         | [44,9223372036854775807] | it has no tensor 'means'",
                "[0,8]           | [100,108]         | it has no tensor 'counts'",
                // a shape that is not the tensor's
                "[2,3]           | [2,4]             | tensor 'means' is of shape [2,4] with 6 values",
                "[2,3]           | [6]               | tensor 'means' is of shape [6] with 6 values",
                "[2,3]           | [1,2,3]           | tensor 'means' is of shape [1,2,3]",
                "[2,3]           | [-2,-3]           | tensor 'means' is of shape [-2,-3]",
                "[2,3]           | [4294967296,4294967296] | tensor 'means' is of shape",
                "[2,3]           | [0,0]             | tensor 'means' is of shape [0,0]",
                "[2,3]           | [\"x\",\"y\"]     | tensor 'means' is of shape",
                "[3,3]           | [9,1]             | in it the covariance of 3 features must be [3, 3]",
                "[2,3]           | [3,2]             | in it prototypes must have a mean and a count for each of 2 classes",
                "[2,3]           | [6,1]             | in it prototypes must have a mean and a count for each of 2 classes",
                "[0,8]           | [0,12]            | in it prototypes must have a mean and a count for each of 2 classes",
                // other classes
                "\\\"cat\\\",    | \\\"a\\\",\\\"b\\\",     | in it prototypes must have a mean and a count for each of 3 classes",
                "\"classes\"     | \"names\"         | in it prototypes must be of at least one class",
                "__metadata__    | __meta__          | in it prototypes must be of at least one class",
                "\\\"dog\\\"]    | \\\"dog\\\"       | its header is no JSON",
            })
    void refusesTensorsThatAreNotWhatTheyShouldBe(String from, String to, String problem) throws IOException {
        assertThat(HEADER).contains(from);

        assertRefused(file(HEADER.replace(from, to), VALUES), problem);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 13})
    void refusesValuesThatAreNotFinite(int index) throws IOException {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] values = VALUES.clone();
            values[index] = value;
            assertRefused(file(HEADER, values), "in it prototypes must be finite, but some value was not");
        }
    }

    @Test
    void refusesTensorsThatAreCutOff() throws IOException {
        byte[] bytes = file(HEADER, VALUES);

        assertRefused(Arrays.copyOf(bytes, bytes.length - 1), "it has no tensor 'means' of type F32 within its bytes");
    }

    @Test
    void refusesPrototypesOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourcePrototypes(
                        List.of(), Vector.of(), Matrix.of(0, 3, new float[0]), Matrix.of(3, 3, new float[9])))
                .withMessage("prototypes must be of at least one class and one feature, but were of 0 and 3");
    }
}
