package io.tta4j.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.sar.LinearModel;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Requests as they should not be: each is refused in the protocol's form or answered, none is the server's fault, and
 * afterwards nothing is left of them. Runs for a time, {@code -Dtta4j.fuzz.seconds}, and for an hour with
 * {@code -Psoak}.
 */
class FuzzTest {

    private static final long SEED = 20261121;
    /** Every so many requests, a client that stays silent where it has promised more. */
    private static final int SILENCES = 2000;

    /** So many of this seed come to everything that a request can end with. */
    private static final int AT_LEAST = 1000;

    private static final String VALID =
            "{\"parameters\":{\"tta\":\"off\"},\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1,2,3]}]}";

    @Test
    void nothingIsTheServersFaultAndNothingIsLeft() throws Exception {
        fuzz(Long.getLong("tta4j.fuzz.seconds", 20));
    }

    @Test
    @Tag("soak")
    void forAnHour() throws Exception {
        fuzz(Long.getLong("tta4j.fuzz.seconds", 3600));
    }

    private static void fuzz(long seconds) throws Exception {
        LinearModel model = Served.model();
        int threads = Thread.activeCount();
        long direct = direct();
        Map<Integer, Integer> statuses = new TreeMap<>();
        try (InferenceServer server = Served.start(model, Served.limits(4, 2, Duration.ofSeconds(5)))) {
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            for (long i = 0; i < AT_LEAST || System.nanoTime() < end; i++) {
                MutatedRequest.Sent sent = MutatedRequest.draw(SEED + i);
                String got = exchange(server.port(), sent.raw(), i % SILENCES == 0);
                int status = status(got);
                assertThat(status)
                        .as("seed %d, mutations %s:%n%s%n%s", SEED + i, sent.what(), sent.bytes(), got)
                        .isLessThan(500);
                if (status >= 400) {
                    assertThat(got)
                            .as("seed %d, mutations %s:%n%s", SEED + i, sent.what(), sent.bytes())
                            .contains("Content-Type: application/json")
                            .contains("{\"error\":\"");
                }
                statuses.merge(status, 1, Integer::sum);
                if (i % 200 == 0) {
                    requireWell(server);
                }
            }
            requireWell(server);
            byte[] metrics = "GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(exchange(server.port(), metrics, false)).contains("tta4j_server_requests_in_flight 0.0");
        }
        System.out.println("answers by status: " + statuses);
        assertThat(statuses.keySet()).contains(200, 400, 404, 405, 413, 415);
        assertThat(model.open).hasValue(0);
        await("threads", () -> Thread.activeCount() <= threads);
        await("direct memory", () -> direct() <= direct + (1 << 20));
    }

    /** A request as it should be is answered as it was before. */
    private static void requireWell(InferenceServer server) throws Exception {
        String request = "POST %s/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(Api.MODEL, VALID.length(), VALID);
        String got = exchange(server.port(), request.getBytes(StandardCharsets.US_ASCII), true);
        assertThat(got).startsWith("HTTP/1.1 200 ").endsWith("\"data\":[1.0,2.0,3.0]}]}");
    }

    /**
     * What comes back until the server closes the connection.
     *
     * @param silent whether the client leaves its side open, so that the server waits for more; else it ends there
     */
    private static String exchange(int port, byte[] bytes, boolean silent) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            StringBuilder got = new StringBuilder();
            try {
                socket.getOutputStream().write(bytes);
                if (!silent) {
                    socket.shutdownOutput();
                }
                byte[] piece = new byte[8192];
                for (int read = socket.getInputStream().read(piece);
                        read >= 0;
                        read = socket.getInputStream().read(piece)) {
                    got.append(new String(piece, 0, read, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketException e) {
                // It has refused, and does not take the rest.
                return got.toString();
            }
            return got.toString();
        }
    }

    /** The last one: there may be one that told the client to go on. 0 where the server hung up on garbage. */
    private static int status(String got) {
        int at = got.lastIndexOf("HTTP/1.1 ");
        return at < 0 ? 0 : Integer.parseInt(got.substring(at + 9, at + 12));
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Native memory goes with the buffer that holds it, once that is collected. */
    @SuppressWarnings("GarbageCollection")
    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(what + " must be back to what they were")
                    .isLessThan(end);
            System.gc();
        }
    }
}
