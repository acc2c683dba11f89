package io.tta4j.examples.server;

import static io.tta4j.examples.server.Api.parameters;
import static io.tta4j.examples.server.Api.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.RuntimeConfig;
import io.tta4j.sar.LinearModel;
import io.tta4j.snapshot.SnapshotDirectory;
import io.tta4j.snapshot.StoredSnapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShutdownTest {

    private static final float[] X = {1, 0.5f, -2, 3, 2.5f, -0.1f};

    @TempDir
    private Path folder;

    @Test
    void finishesWhatIsInFlightAndAcceptsNothingMore() throws Exception {
        GatedModel model = new GatedModel(Served.model());
        SnapshotDirectory states = SnapshotDirectory.open(folder);
        InferenceServer server = Served.start(model, Optional.of(states), Served.limits());
        int port = server.port();
        Api api = new Api(port);
        CompletableFuture<Api.Got> inFlight =
                CompletableFuture.supplyAsync(() -> unchecked(api, request(parameters("stream=a"), X)));
        model.arrived.acquire();
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
        while (accepts(port)) {
            Thread.onSpinWait();
        }
        assertThat(stopped).isNotDone();
        assertThat(states.versions(KeyHash.of("a"))).isEmpty();
        model.gate.countDown();
        assertThat(inFlight.get().status()).isEqualTo(200);
        stopped.get();
        try (SnapshotDirectory again = SnapshotDirectory.open(folder)) {
            assertThat(again.keys()).containsExactly(KeyHash.of("a"));
            StoredSnapshot saved = again.latest(KeyHash.of("a"), model.fingerprint(), Served.METHOD.name())
                    .orElseThrow();
            assertThat(saved.snapshot().state().theta()).isNotEqualTo(model.source());
        }
    }

    private static boolean accepts(int port) throws InterruptedException {
        try {
            return new Api(port).get("/v2/health/ready").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static Api.Got unchecked(Api api, String json) {
        try {
            return api.infer(json);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void goesOnWithTheSameBitsAfterARestart() throws Exception {
        List<String> streams = List.of("", "a", "b/../c", "ä", "d", "e", "f", "g", "h", "i", "j");
        float[][] expected = new float[streams.size()][];
        try (InferenceServer server = Served.start(Served.model(), Served.limits())) {
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < streams.size(); i++) {
                    expected[i] = infer(server, streams.get(i), i);
                }
            }
        }
        for (int round = 0; round < 4; round++) {
            LinearModel model = Served.model();
            SnapshotDirectory states = SnapshotDirectory.open(folder);
            try (InferenceServer server = Served.start(model, Optional.of(states), Served.limits())) {
                for (int i = 0; i < streams.size(); i++) {
                    float[] got = infer(server, streams.get(i), i);
                    if (round == 3) {
                        assertThat(got).as(streams.get(i)).containsExactly(expected[i]);
                    }
                }
            }
            assertThat(model.open).hasValue(0);
        }
        try (SnapshotDirectory states = SnapshotDirectory.open(folder)) {
            assertThat(states.keys())
                    .containsExactlyInAnyOrderElementsOf(
                            streams.stream().map(KeyHash::of).toList());
        }
    }

    private static float[] infer(InferenceServer server, String stream, int index) throws Exception {
        float[] x = X.clone();
        x[0] += index;
        Api.Got got = new Api(server.port()).infer(request(parameters("stream=" + stream), x));
        assertThat(got.status()).isEqualTo(200);
        return got.values();
    }

    /** The program itself, stopped as an orchestrator stops it. */
    @Test
    void theProgramSavesOnSigtermAndGoesOn() throws Exception {
        float[] pixels = new float[2 * 3 * 32 * 32];
        Random random = new Random(1);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        String json =
                "{\"parameters\":{\"stream\":\"s\"},\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[2,3,32,32],\"data\":%s}]}"
                        .formatted(Arrays.toString(pixels));
        float[][] without = new float[2][];
        float[][] with = new float[2][];
        try (Program program = Program.start(folder.resolve("one"))) {
            without[0] = program.infer(json);
            without[1] = program.infer(json);
        }
        for (int run = 0; run < 2; run++) {
            try (Program program = Program.start(folder.resolve("two"))) {
                with[run] = program.infer(json);
            }
        }
        assertThat(with[0]).containsExactly(without[0]).isNotEqualTo(with[1]);
        assertThat(with[1]).containsExactly(without[1]);
    }

    /** ONNX Runtime still runs when what is pending is learned from. */
    @Test
    void theProgramLearnsFromWhatIsPendingOnSigterm() throws Exception {
        for (int run = 0; run < 2; run++) {
            try (Program program = Program.start(folder, "--background", "--set=runtime.greatestAge=3600000")) {
                Api.Got got = program.api().infer(image());
                assertThat(got.json().at("/parameters/tta_steps").asInt()).isEqualTo(run);
            }
        }
    }

    private static String image() {
        return "{\"parameters\":{\"stream\":\"s\"},\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[1,3,32,32],\"data\":%s}]}"
                .formatted(Arrays.toString(new float[3 * 32 * 32]));
    }

    /** The program itself, killed: what was saved is there again. */
    @Test
    void theProgramGoesOnFromWhatItSavedAfterAKill() throws Exception {
        List<float[]> answers = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Program program = Program.start(folder.resolve("states"), "--save-every=1");
            answers.add(program.infer(image()));
            String none = "tta_snapshot_saves_seconds_count{method=\"sar\",model=\"linear\"} 0";
            while (program.api().get("/metrics").text().contains(none)) {
                Thread.onSpinWait();
            }
            program.process()
                    .destroyForcibly()
                    .onExit()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        }
        assertThat(answers.get(1)).isNotEqualTo(answers.get(0));
    }

    private record Program(Process process, Api api) implements AutoCloseable {

        private static final Pattern SERVING =
                Pattern.compile("serving .* at http://127\\.0\\.0\\.1:(\\d+)/v2/models/linear");

        static Program start(Path states, String... options) throws IOException {
            ProcessBuilder command = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    Server.class.getName(),
                    "--port=0",
                    "--name=linear",
                    "--set=margin=10",
                    "--set=learningRate=0.01",
                    "--state=" + states);
            command.command().addAll(List.of(options));
            // ONNX Runtime 1.29 does not survive a command line of about 4 KB.
            command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            Process process =
                    command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            Matcher serving = SERVING.matcher(line == null ? "" : line);
            if (!serving.matches()) {
                process.destroyForcibly();
                throw new IllegalStateException("the server must say where it serves, but said " + line);
            }
            return new Program(process, new Api(Integer.parseInt(serving.group(1))));
        }

        float[] infer(String json) throws IOException, InterruptedException {
            Api.Got got = api.infer(json);
            assertThat(got.status()).as(got.text()).isEqualTo(200);
            return got.values();
        }

        @Override
        public void close() {
            process.destroy();
            int ended = process.onExit().orTimeout(60, TimeUnit.SECONDS).join().exitValue();
            // By the signal, in order.
            assertThat(ended).isEqualTo(128 + 15);
        }
    }

    @Test
    void refusesAPortThatIsTaken() {
        try (InferenceServer first = Served.start(Served.model(), Served.limits())) {
            int port = first.port();
            assertThatThrownBy(() -> InferenceServer.start(
                            "127.0.0.1",
                            port,
                            "linear",
                            Served.adapting(Served.model(), Optional.empty(), RuntimeConfig.ofDefaults()),
                            Served.limits()))
                    .hasMessageStartingWith("the server must be able to listen at 127.0.0.1:" + port);
        }
    }
}
