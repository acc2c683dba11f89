package io.tta4j.snapshot;

import static io.tta4j.snapshot.States.METHOD;
import static io.tta4j.snapshot.States.MODEL;
import static io.tta4j.snapshot.States.bits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotFileTest {

    private static final Path NAME = Path.of("s.safetensors");
    private static final int CHECKSUM_AT = 8 + "{\"__metadata__\":{\"checksum\":\"".length();

    private static byte[] file(long seed) throws IOException {
        return new SnapshotFile("cam \"17\"", 5, new Snapshot(MODEL, METHOD, States.random(seed), Map.of("steps", 9L)))
                .bytes();
    }

    private static void assertRefused(byte[] bytes, String... parts) {
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> SnapshotFile.of(bytes, NAME))
                .withMessageStartingWith("'s.safetensors' must be ")
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    /** Replaces text of equal length, and corrects the checksum as the format says. */
    private static byte[] changed(byte[] bytes, String from, String to) throws Exception {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from);
        byte[] changed = text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(changed, CHECKSUM_AT, CHECKSUM_AT + 64, (byte) '0');
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(changed);
        byte[] digits = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, changed, CHECKSUM_AT, 64);
        return changed;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void bitsSurvive(long seed) throws IOException {
        SnapshotFile read = SnapshotFile.of(file(seed), NAME);

        assertThat(read.stream()).isEqualTo("cam \"17\"");
        assertThat(read.version()).isEqualTo(5);
        assertThat(read.snapshot().fingerprint()).isEqualTo(MODEL);
        assertThat(read.snapshot().method()).isEqualTo(METHOD);
        assertThat(read.snapshot().counters()).isEqualTo(Map.of("steps", 9L));
        assertThat(bits(read.snapshot().state())).isEqualTo(bits(States.random(seed)));
        assertThat(read.bytes()).isEqualTo(file(seed));
    }

    /** The whole file by hand, as docs/snapshots.md has it. */
    @Test
    void theBytesAreThoseOfTheFormat() throws Exception {
        byte[] bytes =
                new SnapshotFile("a", 1, new Snapshot("f", "m", States.of(1, -2).with("e", 0.5))).bytes();

        String header = """
                {"__metadata__":{"checksum":"%s","format":"tta4j.snapshot","formatVersion":"1","fingerprint":"f",\
                "method":"m","stream":"a","version":"1"},\
                "scalar.e":{"dtype":"F64","shape":[],"data_offsets":[0,8]},\
                "vector.theta":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""".formatted("0".repeat(64));
        String padded = header + " ".repeat(7 - (header.length() + 7) % 8);
        ByteBuffer expected = ByteBuffer.allocate(8 + padded.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded.length()).put(padded.getBytes(StandardCharsets.US_ASCII));
        expected.putDouble(0.5).putFloat(1).putFloat(-2);
        assertThat(bytes).isEqualTo(changed(expected.array(), "tta4j", "tta4j"));
    }

    @Test
    void everyDamagedBitIsFound() throws IOException {
        byte[] bytes = file(1);
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            assertThatExceptionOfType(SnapshotException.class)
                    .as("byte %d", i)
                    .isThrownBy(() -> SnapshotFile.of(damaged, NAME));
        }
    }

    @Test
    void everyCutIsFound() throws IOException {
        byte[] bytes = file(1);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(SnapshotException.class)
                    .as("cut to %d", length)
                    .isThrownBy(() -> SnapshotFile.of(cut, NAME));
        }
        assertRefused(Arrays.copyOf(bytes, bytes.length + 1), "undamaged snapshot, but its SHA-256 is");
    }

    @Test
    void aNewerFormatIsRefused() throws Exception {
        byte[] newer = changed(file(1), "\"formatVersion\":\"1\"", "\"formatVersion\":\"2\"");

        assertRefused(newer, "of format version 1, but is of version 2; read it with the newer tta4j that wrote it");
        // A newer one may have its checksum elsewhere.
        newer[newer.length - 1] ^= 1;
        assertRefused(newer, "of format version 1, but is of version 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tta4j.snapshot | tta4j.prototyp | it does not say that it is one",
                "\"formatVersion\":\"1\" | \"formatVersion\":\"x\" | it does not say that it is one",
                "\"version\":\"5\" | \"version\":\"x\" | For input string: \"x\"",
                "vector.theta | vector.thete | a state must have a vector 'theta'",
                "scalar.theta\":{\"dtype\":\"F64\" | scalar.theta\":{\"dtype\":\"F32\" | it has no tensor 'scalar.theta'",
                "\"counter.steps\":\"9\" | \"counter.steps\":\"-\" | For input string",
                "\"words.empty\":\"[]\" | \"words.empty\":\"[(\" | must be a snapshot, but",
                "\"words.empty\":\"[]\" | \"words.empty\":\"null\" | 'words.empty' must be a list of words, but was null",
                "\"counter.steps\":\"9\" | \"words.xx\":\"[null]\" | must be a list of words, but was [null]",
            })
    void aFileThatIsIntactAndNoSnapshotIsRefused(String from, String to, String problem) throws Exception {
        assertRefused(changed(file(1), from, to), problem);
    }

    @Test
    void aFolderIsNoSnapshot(@TempDir Path folder) {
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> SnapshotFile.read(folder))
                .withMessageContaining("it cannot be read");
    }

    @Test
    void theHeaderAloneTellsTheStream(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("s"), file(1));

        assertThat(SnapshotFile.streamOf(file)).isEqualTo("cam \"17\"");
        for (int length : new int[] {0, 7, 8, 60}) {
            Files.write(file, Arrays.copyOf(file(1), length));
            assertThatExceptionOfType(SnapshotException.class).isThrownBy(() -> SnapshotFile.streamOf(file));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() throws SnapshotException {
        Snapshot snapshot = States.snapshot(1, 2);

        snapshot.requireFits(MODEL, METHOD, 2);
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> snapshot.requireFits("other", METHOD, 2))
                .withMessage("a snapshot must be of the model that it is used with, other, but was of " + MODEL
                        + "; load the model that it was made with, or begin anew in another directory");
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> snapshot.requireFits(MODEL, "tent", 2))
                .withMessageStartingWith("a snapshot must be of method 'tent', but was of 'sar'");
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> snapshot.requireFits(MODEL, METHOD, 3))
                .withMessageStartingWith("a snapshot's theta must have the 3 values of the model, but had 2");
    }

    /** By hand: {@code printf 'camera-17' | sha256sum}. */
    @Test
    void aKeyNamesNoFile() {
        assertThat(new StreamKey("camera-17").hash())
                .isEqualTo("ba1c9ccca2c7d08303d86fa5bf9cb4143d50de8af7e6e8187c09782a3112f3d5");
        assertThat(new StreamKey("../../etc/passwd").hash()).matches("[0-9a-f]{64}");
        assertThat(new StreamKey("é".repeat(256)).text()).hasSize(256);
    }

    @ParameterizedTest
    @CsvSource({
        "513, x, at most 512 bytes in UTF-8",
        "257, é, at most 512 bytes in UTF-8",
        "1000000, x, at most 512 bytes in UTF-8"
    })
    void aKeyThatIsTooLongIsRefused(int count, String character, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamKey(character.repeat(count)))
                .withMessageContaining(problem)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u0000", "\u007f", "a\ud800", "\udc00b"})
    void aKeyThatIsNoTextIsRefused(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamKey(key))
                .withMessageStartingWith("a stream's key must ");
    }
}
