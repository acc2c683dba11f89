package io.tta4j.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Lines as JSON, with their arrays in the binary file: a vector is told as {@code {"at": offset, "size": n}}, a matrix
 * with its rows and columns. At the end of each line stands the stretch of the binary file that is its own, and a
 * CRC-32C of that stretch and of the line up to there, by which one that was torn is known.
 */
final class LineFormat {

    private static final String FILE = "file";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(Vector.class, new VectorWriter())
                    .addDeserializer(Vector.class, new VectorReader())
                    .addSerializer(Matrix.class, new MatrixWriter())
                    .addDeserializer(Matrix.class, new MatrixReader())
                    .addSerializer(Bytes.class, new BytesWriter())
                    .addDeserializer(Bytes.class, new BytesReader()))
            .build();

    private static final Pattern TAIL = Pattern.compile(
            "(?s)(.*),\"binary\":\\{\"at\":(\\d{1,18}),\"size\":(\\d{1,18})},\"crc32c\":\"([0-9a-f]{8})\"}");

    private LineFormat() {}

    /** The text of a line, its end included; its arrays are added to the stretch. */
    static byte[] write(Line line, BinaryFile.Stretch stretch, long at) throws JsonProcessingException {
        String json = MAPPER.writerFor(Line.class).withAttribute(FILE, stretch).writeValueAsString(line);
        String body = json.substring(0, json.length() - 1);
        CRC32C checksum = new CRC32C();
        checksum.update(stretch.written());
        checksum.update(body.getBytes(StandardCharsets.UTF_8));
        String tail = String.format(
                Locale.ROOT,
                ",\"binary\":{\"at\":%d,\"size\":%d},\"crc32c\":\"%08x\"}",
                at,
                stretch.written().remaining(),
                checksum.getValue());
        return (body + tail + '\n').getBytes(StandardCharsets.UTF_8);
    }

    /** A line from its text; empty where it is not what was written. */
    static Optional<Line> read(String text, BinaryFile.Written file) throws IOException {
        Matcher tail = TAIL.matcher(text);
        if (!tail.matches()) {
            return Optional.empty();
        }
        CRC32C checksum = new CRC32C();
        if (!file.sum(Long.parseLong(tail.group(2)), Long.parseLong(tail.group(3)), checksum)) {
            return Optional.empty();
        }
        checksum.update(tail.group(1).getBytes(StandardCharsets.UTF_8));
        if (checksum.getValue() != Long.parseLong(tail.group(4), 16)) {
            return Optional.empty();
        }
        return Optional.of(
                MAPPER.readerFor(Line.class).withAttribute(FILE, file).readValue(tail.group(1) + "}"));
    }

    private static BinaryFile.Stretch stretch(SerializerProvider provider) {
        return (BinaryFile.Stretch) provider.getAttribute(FILE);
    }

    private static ByteBuffer bytes(JsonNode place, int size, DeserializationContext context) throws IOException {
        BinaryFile.Written file = (BinaryFile.Written) context.getAttribute(FILE);
        return file.read(place.required("at").longValue(), size);
    }

    private static Vector vector(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return Vector.of(values);
    }

    private static final class VectorWriter extends JsonSerializer<Vector> {

        @Override
        public void serialize(Vector vector, JsonGenerator json, SerializerProvider provider) throws IOException {
            BinaryFile.Stretch.Room room = stretch(provider).room(Math.multiplyExact(vector.size(), Float.BYTES));
            vector.copyTo(room.bytes().asFloatBuffer());
            json.writeStartObject();
            json.writeNumberField("at", room.at());
            json.writeNumberField("size", vector.size());
            json.writeEndObject();
        }
    }

    private static final class VectorReader extends JsonDeserializer<Vector> {

        @Override
        public Vector deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode place = context.readTree(parser);
            int size = place.required("size").intValue();
            return vector(bytes(place, Math.multiplyExact(size, Float.BYTES), context));
        }
    }

    private static final class MatrixWriter extends JsonSerializer<Matrix> {

        @Override
        public void serialize(Matrix matrix, JsonGenerator json, SerializerProvider provider) throws IOException {
            Vector values = matrix.asVector();
            BinaryFile.Stretch.Room room = stretch(provider).room(Math.multiplyExact(values.size(), Float.BYTES));
            values.copyTo(room.bytes().asFloatBuffer());
            json.writeStartObject();
            json.writeNumberField("at", room.at());
            json.writeNumberField("rows", matrix.rows());
            json.writeNumberField("columns", matrix.columns());
            json.writeEndObject();
        }
    }

    private static final class MatrixReader extends JsonDeserializer<Matrix> {

        @Override
        public Matrix deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode place = context.readTree(parser);
            int rows = place.required("rows").intValue();
            int columns = place.required("columns").intValue();
            int size = Math.multiplyExact(Math.multiplyExact(rows, columns), Float.BYTES);
            return vector(bytes(place, size, context)).asMatrix(rows, columns);
        }
    }

    private static final class BytesWriter extends JsonSerializer<Bytes> {

        @Override
        public void serialize(Bytes bytes, JsonGenerator json, SerializerProvider provider) throws IOException {
            ByteBuffer data = bytes.data().duplicate();
            BinaryFile.Stretch.Room room = stretch(provider).room(data.remaining());
            json.writeStartObject();
            json.writeNumberField("at", room.at());
            json.writeNumberField("bytes", data.remaining());
            json.writeEndObject();
            room.bytes().put(data);
        }
    }

    private static final class BytesReader extends JsonDeserializer<Bytes> {

        @Override
        public Bytes deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode place = context.readTree(parser);
            return new Bytes(bytes(place, place.required("bytes").intValue(), context));
        }
    }
}
