package io.tta4j.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tta4j.model.ElementType;
import io.tta4j.model.Matrix;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file in the safetensors format, of tensors of the types that inputs have and of float64 scalars: the length of a
 * JSON header as a little-endian 64-bit number, the header, the tensors' bytes. Read whole; immutable then. Bits
 * survive, those of a NaN too.
 */
public final class SafeTensors {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METADATA = "__metadata__";
    private static final String F32 = "F32";
    private static final String F64 = "F64";

    /** The format's names of the types that inputs have. */
    private static final Map<ElementType, String> TYPES = Map.of(
            ElementType.FLOAT32, F32,
            ElementType.FLOAT16, "F16",
            ElementType.INT64, "I64",
            ElementType.INT32, "I32",
            ElementType.UINT8, "U8",
            ElementType.BOOL, "BOOL");

    private static final int ALIGNMENT = 8;
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

    /** A tensor to write. */
    public sealed interface Entry {

        /** A tensor of one axis, F32. */
        static Entry of(Vector vector) {
            return new Floats(vector, List.of(vector.size()));
        }

        /** A tensor of two axes, F32, row-major. */
        static Entry of(Matrix matrix) {
            return new Floats(matrix.asVector(), List.of(matrix.rows(), matrix.columns()));
        }

        /** A tensor of its own type and shape. */
        static Entry of(Tensor tensor) {
            return new Elements(tensor);
        }

        /** A tensor without axes, F64. */
        static Entry of(double scalar) {
            return new Scalar(scalar);
        }
    }

    private record Floats(Vector values, List<Integer> shape) implements Entry {}

    private record Elements(Tensor tensor) implements Entry {}

    private record Scalar(double value) implements Entry {}

    private SafeTensors(Path file, Kind kind, JsonNode header, ByteBuffer data) {
        this.file = file;
        this.kind = kind;
        this.header = header;
        this.data = data;
    }

    /** Writes a file's contents, as {@link #bytes} has them; the stream stays open. */
    public static void write(Map<String, String> metadata, Map<String, Entry> tensors, OutputStream out)
            throws IOException {
        out.write(bytes(metadata, tensors));
    }

    /**
     * A file's contents. The metadata come first in the header, and the tensors begin at a multiple of eight.
     *
     * @param metadata words, by name, in the order of the file; left out if there are none
     * @param tensors by name, in the order of the file
     * @throws IOException if a name or word is no Unicode text
     */
    public static byte[] bytes(Map<String, String> metadata, Map<String, Entry> tensors) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode words = header.putObject(METADATA);
            metadata.forEach(words::put);
        }
        int offset = 0;
        for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey());
            int end = Math.addExact(offset, describe(tensor.getValue(), entry));
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = JSON.writeValueAsBytes(header);
        byte[] head = Arrays.copyOf(text, (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        Arrays.fill(head, text.length, head.length, (byte) ' ');
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(Long.BYTES + head.length, offset))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(head.length).put(head);
        tensors.values().forEach(tensor -> put(tensor, bytes));
        return bytes.array();
    }

    /** Tells a tensor's type and shape. Returns the number of its bytes. */
    private static int describe(Entry tensor, ObjectNode entry) {
        if (tensor instanceof Floats floats) {
            entry.put("dtype", F32).set("shape", JSON.valueToTree(floats.shape()));
            return Math.multiplyExact(floats.values().size(), Float.BYTES);
        }
        if (tensor instanceof Elements elements) {
            entry.put("dtype", TYPES.get(elements.tensor().type()))
                    .set("shape", JSON.valueToTree(elements.tensor().shape()));
            return elements.tensor().data().remaining();
        }
        entry.put("dtype", F64).putArray("shape");
        return Double.BYTES;
    }

    private static void put(Entry tensor, ByteBuffer bytes) {
        if (tensor instanceof Floats floats) {
            floats.values().copyTo(bytes.asFloatBuffer());
            bytes.position(bytes.position() + floats.values().size() * Float.BYTES);
        } else if (tensor instanceof Elements elements) {
            // In native order, which is the format's on all machines that there are engines for.
            bytes.put(elements.tensor().data());
        } else if (tensor instanceof Scalar scalar) {
            bytes.putDouble(scalar.value());
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is none of the format; the message says what is wrong with it
     */
    public static SafeTensors read(Path file, Kind kind) throws IOException {
        return of(Files.readAllBytes(file), file, kind);
    }

    /**
     * What a file holds.
     *
     * @param contents all of its bytes; not copied, must stay unchanged
     * @param file for messages
     * @throws IllegalArgumentException if it is none of the format; the message says what is wrong with it
     */
    public static SafeTensors of(byte[] contents, Path file, Kind kind) {
        ByteBuffer bytes = ByteBuffer.wrap(contents).order(ByteOrder.LITTLE_ENDIAN);
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

    /** Words about the tensors, by name, in the order of the file. */
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> word : header.path(METADATA).properties()) {
            metadata.put(word.getKey(), word.getValue().asText());
        }
        return metadata;
    }

    /** Words about the tensors; {@code otherwise} if there are none of that name. */
    public String metadata(String name, String otherwise) {
        return header.path(METADATA).path(name).asText(otherwise);
    }

    /** Whether a tensor is a single number of type F64, as {@link #scalar} reads it. */
    public boolean isScalar(String name) {
        return header.path(name).path("dtype").asText().equals(F64);
    }

    /**
     * The values of a tensor, whatever its shape.
     *
     * @throws IllegalArgumentException if there is none of that name in float32 within the file's bytes
     */
    public Vector vector(String name) {
        ByteBuffer bytes = bytes(name, F32, Float.BYTES);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return Vector.of(values);
    }

    /**
     * The value of a tensor without axes.
     *
     * @throws IllegalArgumentException if there is none of that name in float64 within the file's bytes, or of more
     *     values than one
     */
    public double scalar(String name) {
        ByteBuffer bytes = bytes(name, F64, Double.BYTES);
        if (bytes.remaining() != Double.BYTES) {
            throw wrong("tensor '%s' is of %d values, where one was expected"
                    .formatted(name, bytes.remaining() / Double.BYTES));
        }
        return bytes.getDouble();
    }

    private ByteBuffer bytes(String name, String type, int size) {
        JsonNode entry = header.path(name);
        long begin = entry.path("data_offsets").path(0).asLong(-1);
        long end = entry.path("data_offsets").path(1).asLong(-1);
        boolean inside = 0 <= begin && begin <= end && end <= data.capacity() && (end - begin) % size == 0;
        if (!entry.path("dtype").asText().equals(type) || !inside) {
            throw wrong("it has no tensor '%s' of type %s within its bytes".formatted(name, type));
        }
        return data.slice((int) begin, (int) (end - begin)).order(ByteOrder.LITTLE_ENDIAN);
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

    /**
     * A tensor in a type and shape of its own.
     *
     * @throws IllegalArgumentException if there is none of that name within the file's bytes, in a type that inputs can
     *     have and of as many values as its shape says
     */
    public Tensor tensor(String name) {
        JsonNode entry = header.path(name);
        String dtype = entry.path("dtype").asText();
        ElementType type = TYPES.entrySet().stream()
                .filter(known -> known.getValue().equals(dtype))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> wrong("it has no tensor '%s' of a type that inputs can have".formatted(name)));
        ByteBuffer bytes = bytes(name, dtype, type.bytes());
        long[] shape = new long[entry.path("shape").size()];
        Arrays.setAll(shape, i -> entry.path("shape").path(i).asLong(-1));
        try {
            return Tensor.of(type, bytes.order(ByteOrder.nativeOrder()), shape);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw wrong(
                    "tensor '%s' is of shape %s with %d bytes".formatted(name, entry.path("shape"), bytes.remaining()),
                    e);
        }
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
