package io.tta4j.examples.server;

import static io.tta4j.examples.server.Api.parameters;
import static io.tta4j.examples.server.Api.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.Execution;
import io.tta4j.RuntimeConfig;
import io.tta4j.guard.Guards;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.ModelException;
import io.tta4j.sar.LinearModel;
import io.tta4j.sar.Tent;
import io.tta4j.sar.TentConfig;
import io.tta4j.snapshot.SnapshotDirectory;
import io.tta4j.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States that cannot be kept, or are not what they were: the server serves, and tells. */
class StatesTest {

    private static final float[] X = {1, 0.5f, -2, 3, 2.5f, -0.1f};

    @TempDir
    private Path folder;

    private static InferenceServer start(
            AdaptableModel model, Optional<SnapshotStore> store, RuntimeConfig.Builder runtime) {
        return InferenceServer.start(
                "127.0.0.1", 0, "linear", Served.adapting(model, store, runtime.build()), Served.limits());
    }

    private InferenceServer start(AdaptableModel model) throws IOException {
        return Served.start(model, Optional.of(SnapshotDirectory.open(folder)), Served.limits());
    }

    private static int steps(InferenceServer server, String stream) throws Exception {
        Api.Got got = new Api(server.port()).infer(request(parameters("stream=" + stream), X));
        assertThat(got.status()).as(got.text()).isEqualTo(200);
        return got.json().at("/parameters/tta_steps").asInt();
    }

    private static String health(InferenceServer server) throws Exception {
        return new Api(server.port()).get("/health").text();
    }

    /** A canary set, a calibration or statistics may be of another model. */
    @Test
    void whatCannotBeServedIsClosedWithItsStore(@TempDir Path folder) throws Exception {
        GatedModel model = new GatedModel(Served.model());
        SnapshotDirectory store = SnapshotDirectory.open(folder);
        RuntimeConfig runtime = RuntimeConfig.ofDefaults();
        Tent moving = Tent.of(TentConfig.custom().statistics("moving").build());
        AdaptingConfig config = new AdaptingConfig(moving, runtime, Guards.finiteOnly(), false);

        assertThatThrownBy(
                        () -> new AdaptingModel(model, "logits", "closed_form", "linear", config, Optional.of(store)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("batch norm must be in the model");
        assertThat(model.closed).isTrue();
        assertThatThrownBy(store::keys).isInstanceOf(IllegalStateException.class);
    }

    private static void awaitTrouble(InferenceServer server, String reason) throws Exception {
        while (!health(server).contains("DEGRADED")) {
            Thread.onSpinWait();
        }
        assertThat(health(server)).contains(reason);
        assertThat(new Api(server.port()).get("/v2/health/ready").status()).isEqualTo(200);
    }

    @Test
    void servesWithoutAFolderThatCannotBe() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        SnapshotStore store = Server.store(file.resolve("states"));
        AdaptingConfig config =
                new AdaptingConfig(Served.METHOD, RuntimeConfig.ofDefaults(), Guards.ofDefaults(), true);
        AdaptingModel model =
                new AdaptingModel(Served.model(), "logits", "closed_form", "linear", config, Optional.of(store));
        try (InferenceServer server = InferenceServer.start("127.0.0.1", 0, "linear", model, Served.limits())) {
            for (String stream : List.of("", "a")) {
                for (int step = 1; step <= 3; step++) {
                    assertThat(steps(server, stream)).isEqualTo(step);
                }
            }
            assertThat(health(server)).contains("DEGRADED", "snapshots must have a directory that can be written to");
            Api api = new Api(server.port());
            for (String path : List.of("/v2/health/ready", Api.MODEL + "/ready")) {
                Api.Got ready = api.get(path);
                assertThat(ready.status()).isEqualTo(503);
                assertThat(ready.json().path("ready").asBoolean(true)).isFalse();
                assertThat(ready.json().path("reason").asText()).contains("can be written to");
            }
            assertThat(api.get("/v2/health/live").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void servesWithAFullDisk(boolean isReadable) throws Exception {
        Optional<SnapshotStore> full = Optional.of(new FailingStore(isReadable));
        try (InferenceServer server =
                start(Served.model(), full, RuntimeConfig.custom().saveInterval(Duration.ofMillis(1)))) {
            for (int step = 1; step <= 3; step++) {
                assertThat(steps(server, "a")).isEqualTo(step);
            }
            awaitTrouble(server, isReadable ? "No space left on device" : "Input/output error");
            assertThat(steps(server, "a")).isEqualTo(4);
            assertThat(new Api(server.port()).get("/metrics").text())
                    .contains("tta_snapshot_failures_total{")
                    .doesNotContain("tta_snapshot_failures_total{method=\"tent\",model=\"linear\"} 0.0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a"})
    void beginsAnewWhereAStateIsDamaged(String stream) throws Exception {
        try (InferenceServer server = start(Served.model())) {
            assertThat(steps(server, stream)).isEqualTo(1);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".safetensors")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length - 1] ^= 1;
                Files.write(file, bytes);
            }
        }
        try (InferenceServer server = start(Served.model())) {
            assertThat(steps(server, stream)).isEqualTo(1);
            awaitTrouble(server, "must have an undamaged snapshot");
        }
        try (InferenceServer server = start(Served.model())) {
            assertThat(steps(server, stream)).isEqualTo(2);
            assertThat(health(server)).contains("UP");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a"})
    void keepsTheStatesOfOtherModels(String stream) throws Exception {
        try (InferenceServer server = start(Served.model())) {
            assertThat(steps(server, stream)).isEqualTo(1);
        }
        try (InferenceServer server = start(LinearModel.of(3, "norm", "another"))) {
            assertThat(steps(server, stream)).isEqualTo(1);
            awaitTrouble(server, "a snapshot must be of the model that it is used with");
        }
        try (InferenceServer server = start(Served.model())) {
            assertThat(steps(server, stream)).isEqualTo(2);
        }
    }

    /** What is pending when the server stops is learned from, and saved. */
    @Test
    void finishesWhatIsPendingInTheBackground() throws Exception {
        RuntimeConfig.Builder background = RuntimeConfig.custom()
                .execution(Execution.BACKGROUND)
                .adaptationBatch(1000)
                .greatestAge(Duration.ofHours(1))
                .finishOnClose(true);
        for (int run = 0; run < 2; run++) {
            try (InferenceServer server =
                    start(Served.model(), Optional.of(SnapshotDirectory.open(folder)), background)) {
                assertThat(steps(server, "a")).isEqualTo(run);
            }
        }
    }

    /** Memory for one stream at most, and what was learned is there again at each request. */
    @Test
    void streamsThatLeaveMemoryComeBack() throws Exception {
        try (InferenceServer server = start(
                Served.model(),
                Optional.of(SnapshotDirectory.open(folder)),
                RuntimeConfig.custom().streamBytes(1))) {
            for (int round = 1; round <= 3; round++) {
                for (int i = 0; i < 10; i++) {
                    assertThat(steps(server, "camera-" + i)).isEqualTo(round);
                }
            }
        }
    }
}
