package io.tta4j.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.file.SafeTensors;
import io.tta4j.file.SafeTensors.Entry;
import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A snapshot as a file in the safetensors format, which Python's library reads. {@code docs/snapshots.md} has the
 * format. The same snapshot, stream and version give the same bytes; bits survive, those of a NaN too.
 *
 * @param stream the stream's key
 * @param version the store's number for it, at least 1
 * @param snapshot what is in it
 */
public record SnapshotFile(String stream, long version, Snapshot snapshot) {

    /** The newest version of the format, which this class writes. */
    public static final int FORMAT_VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SafeTensors.Kind KIND = new SafeTensors.Kind("snapshot", "SnapshotFile.bytes");
    private static final String FORMAT = "tta4j.snapshot";
    private static final byte[] START = "{\"__metadata__\":{\"checksum\":\"".getBytes(StandardCharsets.UTF_8);
    private static final int CHECKSUM_AT = Long.BYTES + START.length;
    private static final int CHECKSUM_DIGITS = 64;
    private static final String UNKNOWN = "0".repeat(CHECKSUM_DIGITS);
    private static final int LARGEST = 1 << 30;
    private static final String VECTOR = "vector.";
    private static final String SCALAR = "scalar.";
    private static final String WORDS = "words.";
    private static final String COUNTER = "counter.";

    /**
     * The file's bytes.
     *
     * @throws IOException if a name or word in the state is no Unicode text
     */
    public byte[] bytes() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("checksum", UNKNOWN);
        metadata.put("format", FORMAT);
        metadata.put("formatVersion", Integer.toString(FORMAT_VERSION));
        metadata.put("fingerprint", snapshot.fingerprint());
        metadata.put("method", snapshot.method());
        metadata.put("stream", stream);
        metadata.put("version", Long.toString(version));
        snapshot.counters().forEach((name, count) -> metadata.put(COUNTER + name, Long.toString(count)));
        for (Map.Entry<String, List<String>> words : snapshot.state().words().entrySet()) {
            metadata.put(WORDS + words.getKey(), JSON.writeValueAsString(words.getValue()));
        }
        Map<String, Entry> tensors = new LinkedHashMap<>();
        snapshot.state().scalars().forEach((name, value) -> tensors.put(SCALAR + name, Entry.of(value.doubleValue())));
        snapshot.state().vectors().forEach((name, values) -> tensors.put(VECTOR + name, Entry.of(values)));
        byte[] bytes = SafeTensors.bytes(metadata, tensors);
        System.arraycopy(digits(checksum(bytes)), 0, bytes, CHECKSUM_AT, CHECKSUM_DIGITS);
        return bytes;
    }

    /**
     * Reads a file.
     *
     * @throws SnapshotException if it is damaged, no snapshot, or of a newer format
     * @throws IOException if it cannot be opened
     */
    public static SnapshotFile read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new SnapshotException("'%s' must be a snapshot of at most %d bytes, but has %d"
                    .formatted(file.getFileName(), LARGEST, Files.size(file)));
        }
        try (InputStream in = Files.newInputStream(file)) {
            return of(readAll(in, file), file);
        }
    }

    /** What cannot be read of a file that could be opened is damaged. */
    private static byte[] readAll(InputStream in, Path file) throws SnapshotException {
        try {
            return in.readAllBytes();
        } catch (IOException e) {
            throw damaged(file, "it cannot be read: " + e.getMessage());
        }
    }

    /**
     * What a file holds; throws as {@link #read}.
     *
     * @param bytes all of the file; must stay unchanged
     * @param file for messages
     */
    public static SnapshotFile of(byte[] bytes, Path file) throws SnapshotException {
        requireIntact(bytes, file);
        try {
            SafeTensors tensors = SafeTensors.of(bytes, file, KIND);
            requireKnownFormat(tensors, file);
            return of(tensors);
        } catch (IllegalArgumentException | JsonProcessingException e) {
            throw new SnapshotException(
                    "'%s' must be a snapshot, but %s".formatted(file.getFileName(), e.getMessage()), e);
        }
    }

    /**
     * The key of the stream that a file says it is of, from its header alone, unchecked.
     *
     * @throws SnapshotException if its header is cut off or no snapshot's
     * @throws IOException if it cannot be read
     */
    static String streamOf(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            long header = channel.read(length) == Long.BYTES ? length.getLong(0) : -1;
            if (header < 0 || header > channel.size() - Long.BYTES || header > LARGEST) {
                throw damaged(file, "its header is cut off");
            }
            byte[] start = Channels.newInputStream(channel.position(0)).readNBytes((int) (Long.BYTES + header));
            SafeTensors tensors = SafeTensors.of(start, file, KIND);
            requireKnownFormat(tensors, file);
            return tensors.metadata("stream", "");
        } catch (IllegalArgumentException e) {
            throw new SnapshotException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void requireIntact(byte[] bytes, Path file) throws SnapshotException {
        if (bytes.length < CHECKSUM_AT + CHECKSUM_DIGITS) {
            throw damaged(file, "it ends after %d bytes".formatted(bytes.length));
        }
        String said = new String(bytes, CHECKSUM_AT, CHECKSUM_DIGITS, StandardCharsets.ISO_8859_1);
        String found = checksum(bytes);
        if (!said.equals(found)) {
            requireNoNewerFormat(bytes, file);
            throw damaged(file, "its SHA-256 is %s, where it says %s".formatted(found, printable(said)));
        }
    }

    /** What is not what it says may be so because it is newer than what this class knows. */
    private static void requireNoNewerFormat(byte[] bytes, Path file) throws SnapshotException {
        SafeTensors tensors;
        try {
            tensors = SafeTensors.of(bytes, file, KIND);
        } catch (IllegalArgumentException e) {
            throw damaged(file, "its bytes are not what its checksum is of");
        }
        requireKnownFormat(tensors, file);
    }

    private static void requireKnownFormat(SafeTensors tensors, Path file) throws SnapshotException {
        String format = tensors.metadata("format", "");
        String formatVersion = tensors.metadata("formatVersion", "");
        if (!format.equals(FORMAT) || !formatVersion.matches("\\d{1,9}")) {
            throw damaged(file, "it does not say that it is one");
        }
        if (Integer.parseInt(formatVersion) > FORMAT_VERSION) {
            throw new SnapshotException(
                    "'%s' must be a snapshot of format version %d, but is of version %s; read it with the newer tta4j that wrote it"
                            .formatted(file.getFileName(), FORMAT_VERSION, formatVersion));
        }
    }

    private static SnapshotFile of(SafeTensors tensors) throws JsonProcessingException {
        Map<String, Vector> vectors = new HashMap<>();
        Map<String, Double> scalars = new HashMap<>();
        for (String name : tensors.names()) {
            if (name.startsWith(VECTOR)) {
                vectors.put(name.substring(VECTOR.length()), tensors.vector(name));
            } else if (name.startsWith(SCALAR)) {
                scalars.put(name.substring(SCALAR.length()), tensors.scalar(name));
            }
        }
        Map<String, List<String>> words = new HashMap<>();
        Map<String, Long> counters = new HashMap<>();
        for (Map.Entry<String, String> entry : tensors.metadata().entrySet()) {
            String name = entry.getKey();
            if (name.startsWith(WORDS)) {
                words.put(name.substring(WORDS.length()), words(name, entry.getValue()));
            } else if (name.startsWith(COUNTER)) {
                counters.put(name.substring(COUNTER.length()), Long.valueOf(entry.getValue()));
            }
        }
        return new SnapshotFile(
                tensors.metadata("stream", ""),
                Long.parseLong(tensors.metadata("version", "")),
                new Snapshot(
                        tensors.metadata("fingerprint", ""),
                        tensors.metadata("method", ""),
                        new State(vectors, scalars, words),
                        counters));
    }

    private static List<String> words(String name, String json) throws JsonProcessingException {
        String[] words = JSON.readValue(json, String[].class);
        // JSON has a null, alone and in lists.
        if (words == null || Arrays.asList(words).contains(null)) {
            throw new IllegalArgumentException("'%s' must be a list of words, but was %s".formatted(name, json));
        }
        return List.of(words);
    }

    /** Of the whole file, with zeros where the checksum is. */
    private static String checksum(byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, CHECKSUM_AT);
            digest.update(digits(UNKNOWN));
            int rest = CHECKSUM_AT + CHECKSUM_DIGITS;
            digest.update(bytes, rest, bytes.length - rest);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] digits(String checksum) {
        return checksum.getBytes(StandardCharsets.US_ASCII);
    }

    private static String printable(String text) {
        return text.matches("[0-9a-f]+") ? text : "no checksum";
    }

    private static SnapshotException damaged(Path file, String what) {
        return new SnapshotException(
                "'%s' must be an undamaged snapshot, but %s; use the version before it, and look after the disk"
                        .formatted(file.getFileName(), what));
    }
}
