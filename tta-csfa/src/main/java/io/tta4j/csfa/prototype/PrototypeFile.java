package io.tta4j.csfa.prototype;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link SourcePrototypes} as a file in the safetensors format: the length of a JSON header as a little-endian 64-bit
 * number, the header, the tensors' bytes. Tensors {@code counts} [C], {@code means} [C, D] and {@code covariance} [D,
 * D], all F32; the names of the classes are a JSON list under {@code classes} in the metadata.
 */
public final class PrototypeFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_HEADER = 100_000_000;

    private PrototypeFile() {}

    /** Writes a file; an existing one is replaced. */
    public static void write(SourcePrototypes prototypes, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(prototypes, out);
        }
    }

    /** Writes a file's contents; the stream stays open. */
    public static void write(SourcePrototypes prototypes, OutputStream out) throws IOException {
        int classes = prototypes.classes().size();
        int width = prototypes.width();
        Map<String, float[]> tensors = new LinkedHashMap<>();
        tensors.put("counts", prototypes.counts().toArray());
        tensors.put("means", prototypes.means().toArray());
        tensors.put("covariance", prototypes.covariance().toArray());
        Map<String, long[]> shapes = Map.of(
                "counts", new long[] {classes},
                "means", new long[] {classes, width},
                "covariance", new long[] {width, width});

        ObjectNode header = JSON.createObjectNode();
        header.putObject("__metadata__").put("classes", JSON.writeValueAsString(prototypes.classes()));
        int offset = 0;
        for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F32");
            entry.set("shape", JSON.valueToTree(shapes.get(tensor.getKey())));
            int end = offset + tensor.getValue().length * Float.BYTES;
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] head = JSON.writeValueAsBytes(header);
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + head.length + offset).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(head.length).put(head);
        tensors.values().forEach(values -> {
            bytes.asFloatBuffer().put(values);
            bytes.position(bytes.position() + values.length * Float.BYTES);
        });
        out.write(bytes.array());
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds no prototypes; the message says what is wrong with it
     */
    public static SourcePrototypes read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.remaining() < Long.BYTES ? -1 : bytes.getLong();
        if (length < 2 || length > Math.min(LARGEST_HEADER, bytes.remaining())) {
            throw wrong(file, "its header is cut off");
        }
        byte[] head = new byte[(int) length];
        bytes.get(head);
        try {
            JsonNode header = JSON.readTree(new String(head, StandardCharsets.UTF_8));
            List<String> classes = new ArrayList<>();
            JSON.readTree(header.path("__metadata__").path("classes").asText("[]"))
                    .forEach(name -> classes.add(name.asText()));
            ByteBuffer data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
            return prototypes(
                    file,
                    classes,
                    Vector.of(values(file, header, "counts", data)),
                    matrix(file, header, "means", data),
                    matrix(file, header, "covariance", data));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    wrong(file, "its header is no JSON").getMessage(), e);
        }
    }

    private static SourcePrototypes prototypes(
            Path file, List<String> classes, Vector counts, Matrix means, Matrix covariance) {
        try {
            return new SourcePrototypes(classes, counts, means, covariance);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    wrong(file, "in it " + e.getMessage()).getMessage(), e);
        }
    }

    private static Matrix matrix(Path file, JsonNode header, String name, ByteBuffer data) {
        float[] values = values(file, header, name, data);
        JsonNode shape = header.path(name).path("shape");
        long rows = shape.path(0).asLong(-1);
        long columns = shape.path(1).asLong(-1);
        boolean fits = 0 < rows && rows <= values.length && 0 < columns && columns <= values.length;
        if (shape.size() != 2 || !fits || rows * columns != values.length) {
            throw wrong(file, "tensor '%s' is of shape %s with %d values".formatted(name, shape, values.length));
        }
        return Matrix.of((int) rows, (int) columns, values);
    }

    private static float[] values(Path file, JsonNode header, String name, ByteBuffer data) {
        JsonNode entry = header.path(name);
        long begin = entry.path("data_offsets").path(0).asLong(-1);
        long end = entry.path("data_offsets").path(1).asLong(-1);
        boolean inside = 0 <= begin && begin <= end && end <= data.capacity() && (end - begin) % Float.BYTES == 0;
        if (!entry.path("dtype").asText().equals("F32") || !inside) {
            throw wrong(file, "it has no tensor '%s' of type F32 within its bytes".formatted(name));
        }
        float[] values = new float[(int) ((end - begin) / Float.BYTES)];
        data.slice((int) begin, (int) (end - begin))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    private static IllegalArgumentException wrong(Path file, String what) {
        return new IllegalArgumentException("'%s' must be a prototypes file, but %s; make it with ./tta prototypes"
                .formatted(file.getFileName(), what));
    }
}
