package io.tta4j.examples.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A client of the server under test. */
final class Api {

    static final String MODEL = "/v2/models/linear";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    Api(int port) {
        this.port = port;
    }

    record Got(int status, HttpHeaders headers, ByteBuffer body) {

        String text() {
            return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
        }

        JsonNode json() throws IOException {
            int length = (int) headers.firstValueAsLong(InferRoute.JSON_LENGTH).orElse(body.remaining());
            return MAPPER.readTree(
                    StandardCharsets.UTF_8.decode(body.slice(0, length)).toString());
        }

        String error() throws IOException {
            return json().path("error").asText();
        }

        /** The values of the first output, from JSON or from the bytes behind it. */
        float[] values() throws IOException {
            JsonNode output = json().path("outputs").path(0);
            if (output.has("data")) {
                float[] values = new float[output.path("data").size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = output.path("data").get(i).floatValue();
                }
                return values;
            }
            int size = output.path("parameters").path("binary_data_size").asInt();
            int start = (int) headers.firstValueAsLong(InferRoute.JSON_LENGTH).orElseThrow();
            float[] values = new float[size / Float.BYTES];
            body.slice(start, size)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return values;
        }
    }

    HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    Got send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        return new Got(response.statusCode(), response.headers(), ByteBuffer.wrap(response.body()));
    }

    Got get(String path) throws IOException, InterruptedException {
        return send(at(path).build());
    }

    HttpRequest inferRequest(String json) {
        return at(MODEL + "/infer")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    Got infer(String json) throws IOException, InterruptedException {
        return send(inferRequest(json));
    }

    Got infer(String json, byte[] behind) throws IOException, InterruptedException {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(head);
        body.write(behind);
        return send(at(MODEL + "/infer")
                .header("Content-Type", "application/octet-stream")
                .header(InferRoute.JSON_LENGTH, String.valueOf(head.length))
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .build());
    }

    static byte[] bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** A request for the linear model, [N, 3]. */
    static String request(String parameters, float... values) {
        String data = IntStream.range(0, values.length)
                .mapToObj(i -> String.valueOf(values[i]))
                .collect(Collectors.joining(","));
        return "{\"parameters\":{%s},\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[%d,3],\"data\":[%s]}]}"
                .formatted(parameters, values.length / 3, data);
    }

    static String parameters(String... namesAndValues) {
        return Arrays.stream(namesAndValues)
                .map(pair -> "\"%s\":\"%s\"".formatted((Object[]) pair.split("=", 2)))
                .collect(Collectors.joining(","));
    }
}
