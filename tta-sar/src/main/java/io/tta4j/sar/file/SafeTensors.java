package io.tta4j.sar.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file in the safetensors format, of float32 tensors: the length of a JSON header as a little-endian 64-bit number,
 * the header, the tensors' bytes. Read whole; immutable then.
 */
public final class SafeTensors {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METADATA = "__metadata__";
    private static final int LARGEST_HEADER = 100_000_000;

    private final Path file;
    private final Kind kind;
    private final JsonNode header;
    private final ByteBuffer data;

    /**
     * What a file is, for messages.
     *
     * @param name such as {@code prototypes}
     * @param command what makes such files
     */
    public record Kind(String name, String command) {

        private IllegalArgumentException wrong(Path file, String what, Throwable... cause) {
            String message = "'%s' must be a %s file, but %s; make it with %s"
                    .formatted(file.getFileName(), name, what, command);
            return cause.length == 0
                    ? new IllegalArgumentException(message)
                    : new IllegalArgumentException(message, cause[0]);
        }
    }

    /**
     * A tensor to write.
     *
     * @param values row-major
     */
    public record Entry(Vector values, List<Integer> shape) {

        public Entry {
            shape = List.copyOf(shape);
        }

        /** A tensor of one axis. */
        public static Entry of(Vector vector) {
            return new Entry(vector, List.of(vector.size()));
        }

        /** A tensor of two axes. */
        public static Entry of(Matrix matrix) {
            return new Entry(matrix.asVector(), List.of(matrix.rows(), matrix.columns()));
        }
    }

    private SafeTensors(Path file, Kind kind, JsonNode header, ByteBuffer data) {
        this.file = file;
        this.kind = kind;
        this.header = header;
        this.data = data;
    }

    /**
     * Writes a file's contents; the stream stays open.
     *
     * @param metadata words, by name; left out if there are none
     * @param tensors by name, in the order of the file
     */
    public static void write(Map<String, String> metadata, Map<String, Entry> tensors, OutputStream out)
            throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            header.set(METADATA, JSON.valueToTree(metadata));
        }
        int offset = 0;
        for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F32");
            entry.set("shape", JSON.valueToTree(tensor.getValue().shape()));
            int end = offset + tensor.getValue().values().size() * Float.BYTES;
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] head = JSON.writeValueAsBytes(header);
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + head.length + offset).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(head.length).put(head);
        tensors.values().forEach(tensor -> {
            tensor.values().copyTo(bytes.asFloatBuffer());
            bytes.position(bytes.position() + tensor.values().size() * Float.BYTES);
        });
        out.write(bytes.array());
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is none of the format; the message says what is wrong with it
     */
    public static SafeTensors read(Path file, Kind kind) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.remaining() < Long.BYTES ? -1 : bytes.getLong();
        if (length < 2 || length > Math.min(LARGEST_HEADER, bytes.remaining())) {
            throw kind.wrong(file, "its header is cut off");
        }
        byte[] head = new byte[(int) length];
        bytes.get(head);
        try {
            JsonNode header = JSON.readTree(new String(head, StandardCharsets.UTF_8));
            return new SafeTensors(file, kind, header, bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (JsonProcessingException e) {
            throw kind.wrong(file, "its header is no JSON", e);
        }
    }

    /** The names of the tensors, in the order of the file. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        header.fieldNames().forEachRemaining(names::add);
        names.remove(METADATA);
        return names;
    }

    /** Words about the tensors; {@code otherwise} if there are none of that name. */
    public String metadata(String name, String otherwise) {
        return header.path(METADATA).path(name).asText(otherwise);
    }

    /**
     * The values of a tensor, whatever its shape.
     *
     * @throws IllegalArgumentException if there is none of that name in float32 within the file's bytes
     */
    public Vector vector(String name) {
        JsonNode entry = header.path(name);
        long begin = entry.path("data_offsets").path(0).asLong(-1);
        long end = entry.path("data_offsets").path(1).asLong(-1);
        boolean inside = 0 <= begin && begin <= end && end <= data.capacity() && (end - begin) % Float.BYTES == 0;
        if (!entry.path("dtype").asText().equals("F32") || !inside) {
            throw wrong("it has no tensor '%s' of type F32 within its bytes".formatted(name));
        }
        float[] values = new float[(int) ((end - begin) / Float.BYTES)];
        data.slice((int) begin, (int) (end - begin))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return Vector.of(values);
    }

    /**
     * A tensor of two axes.
     *
     * @throws IllegalArgumentException as {@link #vector}, and if its shape is another
     */
    public Matrix matrix(String name) {
        Vector values = vector(name);
        JsonNode shape = header.path(name).path("shape");
        long rows = shape.path(0).asLong(-1);
        long columns = shape.path(1).asLong(-1);
        boolean fits = 0 < rows && rows <= values.size() && 0 < columns && columns <= values.size();
        if (shape.size() != 2 || !fits || rows * columns != values.size()) {
            throw wrong("tensor '%s' is of shape %s with %d values".formatted(name, shape, values.size()));
        }
        return values.asMatrix((int) rows, (int) columns);
    }

    /** All tensors as vectors, in the order of the file; throws as {@link #vector}. */
    public Map<String, Vector> vectors() {
        Map<String, Vector> vectors = new LinkedHashMap<>();
        names().forEach(name -> vectors.put(name, vector(name)));
        return vectors;
    }

    /**
     * What to throw where the contents are not what they should be.
     *
     * @param what is wrong with them
     * @param cause if there is one
     */
    public IllegalArgumentException wrong(String what, Throwable... cause) {
        return kind.wrong(file, what, cause);
    }
}
