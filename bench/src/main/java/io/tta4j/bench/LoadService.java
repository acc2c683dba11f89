package io.tta4j.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.examples.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An inference server in a process of its own. */
final class LoadService implements AutoCloseable {

    private static final String MODEL = "/v2/models/model";
    private static final Duration GLANCE = Duration.ofMillis(200);

    private final String name;
    private final Process process;
    private final int port;

    private LoadService(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    /** Starts a server and waits until it serves. */
    static LoadService start(String name, Path model, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Dai.djl.offline=true",
                Server.class.getName(),
                "--model=" + model,
                "--name=model",
                "--port=0"));
        command.addAll(options);
        ProcessBuilder server = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        // Not on the command line, which ONNX Runtime wants short.
        server.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = server.start();
        String line = process.inputReader().readLine();
        if (line == null || !line.endsWith(MODEL)) {
            process.destroy();
            throw new IOException("the server must say where it serves, but said " + line);
        }
        String address = line.substring(0, line.length() - MODEL.length());
        return new LoadService(name, process, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    }

    String name() {
        return name;
    }

    LoadConnection connect() throws IOException {
        return new LoadConnection(port);
    }

    /** Waits until it does nothing: what runs in the background must not fall on the other server's time. */
    void awaitIdle() {
        for (long before = -1, now = cpuNanos(); now - before > GLANCE.toNanos() / 50; now = cpuNanos()) {
            before = now;
            LockSupport.parkNanos(GLANCE.toNanos());
        }
    }

    private long cpuNanos() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    /** Requests of random pixels in 0..1, in binary, for a model with one input of float32. */
    List<byte[]> requests(int count, int rows) throws IOException {
        JsonNode input;
        try (LoadConnection connection = connect()) {
            byte[] head = ("GET " + MODEL + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            JsonNode inputs =
                    new ObjectMapper().readTree(connection.exchange(head)).path("inputs");
            input = inputs.path(0);
            if (inputs.size() != 1 || !input.path("datatype").asText().equals("FP32")) {
                throw new IllegalArgumentException("the model must have one input of FP32, but had " + inputs);
            }
        }
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(request(input, rows, new Random(i)));
        }
        return requests;
    }

    private static byte[] request(JsonNode input, int rows, Random random) {
        int values = rows;
        StringBuilder shape = new StringBuilder().append(rows);
        for (int axis = 1; axis < input.path("shape").size(); axis++) {
            int extent = input.path("shape").get(axis).asInt();
            values *= extent;
            shape.append(',').append(extent);
        }
        ByteBuffer pixels = ByteBuffer.allocate(values * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (pixels.hasRemaining()) {
            pixels.putFloat(random.nextFloat());
        }
        byte[] json =
                "{\"inputs\":[{\"name\":\"%s\",\"datatype\":\"FP32\",\"shape\":[%s],\"parameters\":{\"binary_data_size\":%d}}]}"
                        .formatted(input.path("name").asText(), shape, pixels.capacity())
                        .getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(
                "POST %s/infer HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nInference-Header-Content-Length: %d\r\nContent-Length: %d\r\n\r\n"
                        .formatted(MODEL, json.length, json.length + pixels.capacity())
                        .getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(json);
        request.writeBytes(pixels.flip().array());
        return request.toByteArray();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
