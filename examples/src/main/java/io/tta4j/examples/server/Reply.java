package io.tta4j.examples.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What goes back to a client.
 *
 * @param jsonLength how much of the body is JSON where bytes follow it, or -1
 */
record Reply(int status, String contentType, int jsonLength, ByteBuffer body) {

    private static final String JSON = "application/json";
    private static final String BINARY = "application/octet-stream";

    /** Writes an object's members. */
    @FunctionalInterface
    interface Members {
        void to(JsonGenerator json) throws IOException;
    }

    /** A JSON object. */
    static Reply json(int status, Members members) {
        return new Reply(status, JSON, -1, ByteBuffer.wrap(object(members)));
    }

    /** The protocol's form of an error. */
    static Reply error(int status, String message) {
        return json(status, json -> json.writeStringField("error", message));
    }

    /** A JSON object and the bytes behind it. */
    static Reply binary(byte[] json, byte[] behind) {
        ByteBuffer body = ByteBuffer.allocate(json.length + behind.length);
        body.put(json).put(behind).flip();
        return new Reply(200, BINARY, json.length, body);
    }

    static Reply text(String contentType, String text) {
        return new Reply(200, contentType, -1, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] object(Members members) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
            try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
                json.writeStartObject();
                members.to(json);
                json.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
