package io.tta4j.examples.server;

import static io.tta4j.examples.server.Api.MODEL;
import static io.tta4j.examples.server.Api.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.sar.LinearModel;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {

    private final ExecutorService clients = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        clients.shutdown();
    }

    private CompletableFuture<Api.Got> inferLater(Api api) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return api.infer(request("", 1, 2, 3));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                clients);
    }

    @Test
    void refusesLargeBodiesWhetherTheirLengthIsToldOrNot() throws Exception {
        byte[] large = new byte[(64 << 10) + 1];
        try (InferenceServer server = Served.start(Served.model(), Served.limits())) {
            Api api = new Api(server.port());
            HttpRequest.Builder infer = api.at(MODEL + "/infer");
            Api.Got told =
                    api.send(infer.POST(BodyPublishers.ofByteArray(large)).build());
            assertThat(told.error()).isEqualTo("the body must have at most 65536 bytes here, but had 65537");
            assertThat(told.status()).isEqualTo(413);
            Api.Got chunked = api.send(infer.POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                    .build());
            assertThat(chunked.error()).isEqualTo("the body must have at most 65536 bytes here, but had more");
            assertThat(chunked.status()).isEqualTo(413);
            assertThat(api.infer(request("", 1, 2, 3)).status()).isEqualTo(200);
        }
    }

    @Test
    void refusesLargeBatches() throws Exception {
        try (InferenceServer server = Served.start(Served.model(), Served.limits())) {
            Api api = new Api(server.port());
            assertThat(api.infer(request("", new float[16 * 3])).status()).isEqualTo(200);
            Api.Got got = api.infer(request("", new float[17 * 3]));
            assertThat(got.error()).isEqualTo("a batch must have at most 16 rows here, but had 17; send it in parts");
            assertThat(got.status()).isEqualTo(413);
        }
    }

    @Test
    void refusesMoreThanSoManyAtATime() throws Exception {
        GatedModel model = new GatedModel(Served.model());
        try (InferenceServer server = Served.start(model, Served.limits(2, 2, Duration.ofSeconds(20)))) {
            Api api = new Api(server.port());
            CompletableFuture<Api.Got> first = inferLater(api);
            model.arrived.acquire();
            CompletableFuture<Api.Got> second = inferLater(api);
            // The second waits for the first one's step, in front of the model.
            while (!api.get("/metrics").text().contains("tta4j_server_requests_in_flight 2.0")) {
                Thread.onSpinWait();
            }
            Api.Got third = api.infer(request("", 1, 2, 3));
            assertThat(third.error()).contains("at most 2 requests").contains("try again");
            assertThat(third.status()).isEqualTo(503);
            assertThat(third.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(api.get("/v2/health/live").status()).isEqualTo(200);
            model.gate.countDown();
            assertThat(first.get().status()).isEqualTo(200);
            assertThat(second.get().status()).isEqualTo(200);
            assertThat(api.infer(request("", 1, 2, 3)).status()).isEqualTo(200);
        }
    }

    @Test
    void givesUpOnAModelThatIsBusyForTooLong() throws Exception {
        GatedModel model = new GatedModel(Served.model());
        try (InferenceServer server = Served.start(model, Served.limits(4, 1, Duration.ofMillis(200)))) {
            Api api = new Api(server.port());
            CompletableFuture<Api.Got> first = inferLater(api);
            model.arrived.acquire();
            Api.Got second = api.infer(request("", 1, 2, 3));
            assertThat(second.error()).contains("busy for the 200 ms");
            assertThat(second.status()).isEqualTo(503);
            model.gate.countDown();
            assertThat(first.get().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000", "Transfer-Encoding: chunked"})
    void givesUpOnABodyThatDoesNotCome(String length) throws Exception {
        LinearModel model = Served.model();
        try (InferenceServer server = Served.start(model, Served.limits(1, 1, Duration.ofMillis(200)));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write("POST %s/infer HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n"
                    .formatted(MODEL, length)
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String got = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(got).startsWith("HTTP/1.1 408 ").endsWith("{\"error\":\"the body must come within 200 ms\"}");
            assertThat(new Api(server.port()).infer(request("", 1, 2, 3)).status())
                    .isEqualTo(200);
            assertThat(model.open).hasValue(0);
        }
    }

    /** Two rows of three floats take 24 bytes beside the body. */
    @ParameterizedTest
    @CsvSource({"23, 503", "24, 200"})
    void countsTensorsBesideBodies(int more, int status) throws Exception {
        String json = request("", 1, 2, 3, 4, 5, 6);
        Limits base = Served.limits();
        Limits limits = new Limits(
                base.bodyBytes(),
                json.length() + more,
                base.rows(),
                base.keyBytes(),
                base.inFlight(),
                base.workers(),
                base.connections(),
                base.time(),
                base.stopTime());
        try (InferenceServer server = Served.start(Served.model(), limits)) {
            Api api = new Api(server.port());
            for (int time = 0; time < 3; time++) {
                assertThat(api.infer(json).status()).isEqualTo(status);
            }
        }
    }

    /** Such as a tensor that direct memory has no room for. */
    @Test
    void saysSoWhereThereIsNoMemory() throws Exception {
        GatedModel model = new GatedModel(Served.model());
        model.gate.countDown();
        model.failure = new OutOfMemoryError("on purpose");
        try (InferenceServer server = Served.start(model, Served.limits())) {
            Api api = new Api(server.port());
            Api.Got got = api.infer(request("", 1, 2, 3));
            assertThat(got.error()).isEqualTo("there is no memory for the request; try again");
            assertThat(got.status()).isEqualTo(503);
            assertThat(got.headers().firstValue("Retry-After")).hasValue("1");
            model.failure = null;
            assertThat(api.infer(request("", 1, 2, 3)).status()).isEqualTo(200);
        }
    }

    @Test
    void areChecked() {
        assertThatThrownBy(() -> Served.limits(0, 1, Duration.ofSeconds(1)))
                .hasMessage("requests in flight must be at least 1, but was 0");
        assertThatThrownBy(() -> Served.limits(1, 1, Duration.ZERO))
                .hasMessage("milliseconds for a request must be at least 1, but was 0");
    }
}
