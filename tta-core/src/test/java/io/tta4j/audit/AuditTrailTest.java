package io.tta4j.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.AdaptiveModel;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTrailTest {

    private static final Method DESCENT = new Line2d.Descent();

    private final Line2d model = new Line2d();
    private final Random random = new Random(5);
    private final Events events = new Events();

    @TempDir
    private Path temp;

    private Path folder() {
        return temp.resolve("trail");
    }

    private Batch random() {
        float[] x = new float[1 + random.nextInt(6)];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return Line2d.batch(x);
    }

    private AuditTrail trail(AuditConfig config) throws IOException {
        AuditTrail trail = AuditTrail.in(folder(), config);
        trail.begin(DESCENT, model, DESCENT.initial(model), events);
        return trail;
    }

    private State step(Recorder recorder, String stream, State state) {
        Batch batch = random();
        try (Pass pass = model.forward(batch, state.theta())) {
            Recorder.Step step = recorder.step(stream, batch, model, pass, state);
            State made = step.adapt(DESCENT).state();
            step.published(made, "step");
            return made;
        }
    }

    private Rebuilt rebuild() throws IOException {
        return AuditReplay.of(folder()).rebuild(DESCENT);
    }

    /** Fifteen steps in one run; the states, the first one included. */
    private List<State> fifteen(AuditConfig config) throws IOException {
        List<State> states = new ArrayList<>(List.of(DESCENT.initial(model)));
        try (AuditTrail trail = trail(config)) {
            for (int k = 0; k < 15; k++) {
                states.add(step(trail, "", states.get(k)));
            }
        }
        return states;
    }

    private List<Path> lines() throws IOException {
        return Part.in(folder());
    }

    @Test
    void rebuildsTheStateAfterEveryRecord() throws IOException {
        List<State> states = fifteen(AuditConfig.ofDefaults());

        for (int k = 0; k <= 15; k++) {
            Rebuilt rebuilt = AuditReplay.of(folder()).upTo(k).rebuild(DESCENT);
            assertThat(rebuilt.states()).containsExactly(Map.entry("", states.get(k)));
        }
        Rebuilt rebuilt = rebuild();
        assertThat(rebuilt.steps()).isEqualTo(15);
        assertThat(rebuilt.closed()).isTrue();
        assertThat(rebuilt.torn()).isZero();
        assertThat(states.get(15).theta()).isNotEqualTo(model.source());
    }

    /** Whole features of the format, read as anyone would. */
    @Test
    void writesLinesThatOthersCanRead() throws IOException {
        try (AuditTrail trail = trail(AuditConfig.ofDefaults())) {
            State before = DESCENT.initial(model);
            Batch batch = Line2d.batch(1, 2, 4);
            try (Pass pass = model.forward(batch, before.theta())) {
                Recorder.Step step = trail.step("camera", batch, model, pass, before);
                step.published(step.adapt(DESCENT).state(), "step");
            }
        }
        List<String> text = Files.readAllLines(lines().get(0));
        JsonNode step = new ObjectMapper().readTree(text.get(2));
        byte[] binary = Files.readAllBytes(Part.binaryOf(lines().get(0)));

        assertThat(text).hasSize(4);
        assertThat(new ObjectMapper().readTree(text.get(0)).at("/model").asText())
                .isEqualTo(model.fingerprint());
        assertThat(step.at("/kind").asText()).isEqualTo("step");
        assertThat(step.at("/stream").asText()).isEqualTo("camera");
        assertThat(step.at("/inputs/x/shape/0").asInt()).isEqualTo(3);
        // Python: hashlib.sha256(struct.pack("<3f", 1, 2, 4)).hexdigest()
        assertThat(step.at("/inputs/x/sha256").asText())
                .isEqualTo("719c6d77c034f4e8aa55aedda26c008a71db80064247c12e0ff2ae5376aad834");
        assertThat(step.at("/calls/0/call").asText()).isEqualTo("logits");
        assertThat(step.at("/calls/0/values/rows").asInt()).isEqualTo(3);
        JsonNode repeat = step.at("/calls/2");
        assertThat(repeat.at("/call").asText()).isEqualTo("repeat");
        assertThat(repeat.at("/rows").toString()).isEqualTo("[0,2]");
        ByteBuffer logits = ByteBuffer.wrap(binary).order(ByteOrder.LITTLE_ENDIAN);
        int at = step.at("/calls/0/values/at").asInt();
        assertThat(logits.getFloat(at)).isEqualTo(1);
        assertThat(logits.getFloat(at + 20)).isEqualTo(-4);
        // The mean over z = 1, 2, 4 of the entropy of softmax(z, -z): log(2 cosh z) - z tanh z.
        double entropy = 0;
        for (double z : new double[] {1, 2, 4}) {
            entropy += (Math.log(2 * Math.cosh(z)) - z * Math.tanh(z)) / 3;
        }
        assertThat(step.at("/entropy").asDouble()).isCloseTo(entropy, within(1e-12));
    }

    /** A kill may cut a line, its arrays or both, at any byte. */
    @Test
    void leavesOutALastRecordThatWasTornAnywhere() throws IOException {
        List<State> states = new ArrayList<>(List.of(DESCENT.initial(model)));
        try (AuditTrail trail = trail(AuditConfig.ofDefaults())) {
            for (int k = 0; k < 3; k++) {
                states.add(step(trail, "", states.get(k)));
            }
        }
        Path file = lines().get(0);
        String all = Files.readString(file);
        String open = all.substring(0, all.indexOf("{\"kind\":\"end\""));
        int last = open.lastIndexOf('\n', open.length() - 2) + 1;
        byte[] bytes = open.getBytes(StandardCharsets.UTF_8);

        for (int cut = last; cut < bytes.length - 1; cut += cut < bytes.length - 40 ? 23 : 1) {
            Files.write(file, Arrays.copyOf(bytes, cut));
            Rebuilt rebuilt = rebuild();
            assertThat(rebuilt.states()).containsExactly(Map.entry("", states.get(2)));
            assertThat(rebuilt.torn()).isEqualTo(cut == last ? 0 : 1);
            assertThat(rebuilt.closed()).isFalse();
        }
        Files.write(file, bytes);
        byte[] binary = Files.readAllBytes(Part.binaryOf(file));
        Files.write(Part.binaryOf(file), Arrays.copyOf(binary, binary.length - 1));
        assertThat(rebuild().states()).containsExactly(Map.entry("", states.get(2)));
    }

    @Test
    void refusesATrailThatWasChanged() throws IOException {
        fifteen(AuditConfig.ofDefaults());
        Path file = lines().get(0);
        byte[] text = Files.readAllBytes(file);
        byte[] binary = Files.readAllBytes(Part.binaryOf(file));

        for (int k = 0; k < 50; k++) {
            byte[] changed = binary.clone();
            // The first bytes are the model's.
            changed[random.nextInt(binary.length - 100)] ^= 1;
            Files.write(Part.binaryOf(file), changed);
            assertThatExceptionOfType(AuditException.class).isThrownBy(this::rebuild);
        }
        Files.write(Part.binaryOf(file), binary);
        List<String> without = new ArrayList<>(Files.readAllLines(file));
        without.remove(7);
        Files.write(file, without);
        assertThatExceptionOfType(AuditException.class)
                .isThrownBy(this::rebuild)
                .withMessageContaining("record 6 must follow record 5, but was 7");
        Files.write(file, text);
        assertThat(rebuild().steps()).isEqualTo(15);
    }

    @Test
    void rotatesAndKeepsTheLastParts() throws IOException {
        List<State> states = fifteen(AuditConfig.custom().partBytes(4000).build());
        int parts = lines().size();
        assertThat(parts).isGreaterThan(3);
        assertThat(rebuild().states()).containsExactly(Map.entry("", states.get(15)));
        assertThat(rebuild().runs()).isEqualTo(1);

        Files.delete(lines().get(1));
        assertThatExceptionOfType(AuditException.class)
                .isThrownBy(this::rebuild)
                .withMessageContaining("some are missing");

        try (var files = Files.list(folder())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        random.setSeed(5);
        List<State> others =
                fifteen(AuditConfig.custom().partBytes(4000).keptParts(2).build());
        assertThat(lines()).hasSize(2);
        Rebuilt rebuilt = rebuild();
        assertThat(rebuilt.states()).containsExactly(Map.entry("", others.get(15)));
        assertThat(rebuilt.steps()).isBetween(1L, 14L);
    }

    /** A part that stays is no reason to write none. */
    @Test
    void goesOnWhereAnOldPartCannotBeDeleted() throws IOException {
        Files.createDirectories(folder().resolve("audit-000001.jsonl").resolve("full"));
        State state = DESCENT.initial(model);
        try (AuditTrail trail = trail(AuditConfig.custom().keptParts(1).build())) {
            state = step(trail, "", state);
            assertThat(trail.lost()).isZero();
        }
        Files.delete(folder().resolve("audit-000001.jsonl").resolve("full"));
        Files.delete(folder().resolve("audit-000001.jsonl"));
        assertThat(rebuild().states()).containsExactly(Map.entry("", state));
    }

    /** Each attempt on a full disk would leave its files otherwise. */
    @Test
    void leavesNothingOfAPartThatThereIsNoRoomFor() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "/dev/full must be there");
        Files.createDirectories(folder());
        Files.createSymbolicLink(folder().resolve("audit-000001.bin"), full);
        AuditTrail trail = AuditTrail.in(folder(), AuditConfig.ofDefaults());

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> trail.begin(DESCENT, model, DESCENT.initial(model), new Events()));
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void aStreamThatWasRemovedIsThereNoMore() throws IOException {
        State one = DESCENT.initial(model);
        State other = DESCENT.initial(model);
        try (AuditTrail trail = trail(AuditConfig.ofDefaults())) {
            one = step(trail, "one", one);
            other = step(trail, "other", other);
            trail.removed("one");
            trail.removed("never there");
        }
        assertThat(rebuild().states()).containsOnly(Map.entry("other", other));
        assertThat(AuditReplay.of(folder()).upTo(1).rebuild(DESCENT).states()).containsEntry("one", one);

        try (AuditTrail trail = trail(AuditConfig.ofDefaults())) {
            step(trail, "one", one);
            trail.removed("one");
            one = step(trail, "one", DESCENT.initial(model));
        }
        assertThat(rebuild().states()).containsOnly(Map.entry("one", one));
    }

    @Test
    void keepsStreamsApartAndGoesOnInAnotherRun() throws IOException {
        State one = DESCENT.initial(model);
        State other = DESCENT.initial(model);
        try (AuditTrail trail = trail(AuditConfig.custom().partBytes(5000).build())) {
            for (int k = 0; k < 12; k++) {
                one = step(trail, "one", one);
                other = k % 3 == 0 ? step(trail, "other", other) : other;
            }
        }
        assertThat(rebuild().states()).containsOnly(Map.entry("one", one), Map.entry("other", other));

        // A service that starts again with a state of before.
        try (AuditTrail trail = trail(AuditConfig.ofDefaults())) {
            one = step(trail, "one", other);
        }
        Rebuilt rebuilt = rebuild();
        assertThat(rebuilt.runs()).isEqualTo(2);
        assertThat(rebuilt.steps()).isEqualTo(17);
        assertThat(rebuilt.states()).containsOnly(Map.entry("one", one));
    }

    /** Costs no vector where the state is one that is known, and the state itself where it came from elsewhere. */
    @Test
    void recordsWhatBecameOfAStep() throws IOException {
        State first = DESCENT.initial(model);
        State restored = first.withTheta(Vector.of(0.5f, -0f))
                .with("momentum", Vector.of(3, 4))
                .with("count", 0.1)
                .with("classes", List.of("fox"));
        State last;
        try (AuditTrail trail = trail(AuditConfig.ofDefaults())) {
            State second = step(trail, "", first);
            State third = step(trail, "", second);
            // A guard goes back to the state before.
            Batch batch = random();
            try (Pass pass = model.forward(batch, third.theta())) {
                Recorder.Step step = trail.step("", batch, model, pass, third);
                step.adapt(DESCENT);
                step.published(third, "distance");
            }
            // A guard scales the step, and keeps something of its own.
            State scaled;
            try (Pass pass = model.forward(batch, third.theta())) {
                Recorder.Step step = trail.step("", batch, model, pass, third);
                Adaptation made = step.adapt(DESCENT);
                scaled = made.state()
                        .withTheta(third.theta().plus(made.state().theta()).times(0.5f))
                        .with("guard.norm", 0.25);
                step.published(scaled, "stepNorm");
            }
            // The method fails.
            Batch bad = Line2d.batch(Float.NaN);
            try (Pass pass = model.forward(bad, scaled.theta())) {
                Recorder.Step step = trail.step("", bad, model, pass, scaled);
                assertThatIllegalArgumentException().isThrownBy(() -> step.adapt(DESCENT));
                step.published(scaled, "failed");
            }
            // The caller resets, restores a snapshot, rolls back to an earlier state.
            trail.changed("", scaled, first, AuditTrail.RESET);
            trail.changed("", first, restored, "restored");
            State again = step(trail, "", restored);
            trail.changed("", again, second, "rollback");
            last = step(trail, "", second);
        }

        Rebuilt rebuilt = rebuild();

        assertThat(rebuilt.states()).containsExactly(Map.entry("", last));
        assertThat(rebuilt.steps()).isEqualTo(7);
        assertThat(rebuilt.changes()).isEqualTo(3);
        assertThat(rebuilt.resets()).isEqualTo(1);
        assertThat(AuditReplay.of(folder()).upTo(7).rebuild(DESCENT).states()).containsExactly(Map.entry("", restored));
        List<String> text = Files.readAllLines(lines().get(0));
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(text.get(4)).at("/state").toString()).isEqualTo("{\"base\":\"BEFORE\"}");
        assertThat(json.readTree(text.get(7)).at("/state").toString()).isEqualTo("{\"base\":\"INITIAL\"}");
    }

    @Test
    void computesStepsAgainWhereInputsWereKept() throws IOException {
        List<State> states = fifteen(AuditConfig.custom().withInputs(true).build());

        assertThat(AuditReplay.of(folder()).recompute(model, DESCENT).states())
                .containsExactly(Map.entry("", states.get(15)));
        assertThat(rebuild().states()).containsExactly(Map.entry("", states.get(15)));
        AdaptableModel other = new Line2d(2);
        assertThatExceptionOfType(AuditException.class)
                .isThrownBy(() -> AuditReplay.of(folder()).recompute(other, DESCENT))
                .withMessageContaining("the fingerprint of the model");
    }

    @Test
    void needsInputsToComputeAgain() throws IOException {
        fifteen(AuditConfig.ofDefaults());

        assertThatExceptionOfType(AuditException.class)
                .isThrownBy(() -> AuditReplay.of(folder()).recompute(model, DESCENT))
                .withMessageContaining("inputs must have been kept");
    }

    /** Another version of a method may do something else: the trail says where. */
    @Test
    void namesTheStepInWhichAMethodDiffers() throws IOException {
        fifteen(AuditConfig.ofDefaults());
        Method other = new Method() {

            @Override
            public String name() {
                return "descent";
            }

            @Override
            public Adaptation adapt(AdaptableModel given, Pass pass, State state) {
                pass.logits();
                pass.pullback(pass.logits());
                return DESCENT.adapt(given, pass, state);
            }
        };

        assertThatExceptionOfType(AuditException.class)
                .isThrownBy(() -> AuditReplay.of(folder()).rebuild(other))
                .withMessageContaining(
                        "line 3 of audit-000001.jsonl: step 1 of the run cannot be taken again: the method asked for Pullback of pass 0 where the recorded step had SamplePullback of pass 0");
    }

    private static final class Hand extends Clock {

        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** The folder goes, as a disk may: requests go on, and so does the trail once there is a folder again. */
    @Test
    void goesOnAfterAWriteThatFailed() throws IOException {
        Hand clock = new Hand();
        State state = DESCENT.initial(model);
        List<RuntimeEvent.RecordLost> heard = new ArrayList<>();
        events.on(RuntimeEvent.RecordLost.class, heard::add);
        try (AuditTrail trail = trail(AuditConfig.custom()
                .partBytes(1)
                .clock(clock)
                .retry(Duration.ofSeconds(60))
                .build())) {
            state = step(trail, "", state);
            Path aside = temp.resolve("aside");
            Files.move(folder(), aside);
            state = step(trail, "", state);
            state = step(trail, "", state);
            assertThat(trail.lost()).isEqualTo(2);
            Files.move(aside, folder());
            state = step(trail, "", state);
            assertThat(trail.lost()).isEqualTo(3);
            clock.now = clock.now.plusSeconds(61);
            state = step(trail, "", state);
            assertThat(trail.lost()).isEqualTo(3);
        }
        assertThat(heard).extracting(RuntimeEvent.RecordLost::stream).containsExactly("", "", "");
        assertThat(heard.get(0).reason()).contains("NoSuchFileException");
        assertThat(heard.get(1).reason()).isEqualTo("a write failed a while ago");
        Rebuilt rebuilt = rebuild();
        assertThat(rebuilt.states()).containsExactly(Map.entry("", state));
        assertThat(rebuilt.runs()).isEqualTo(2);
        assertThat(rebuilt.lost()).isEqualTo(3);
    }

    @Test
    void isOfOneModel() throws IOException {
        try (AuditTrail trail = trail(AuditConfig.ofDefaults())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> trail.begin(DESCENT, model, DESCENT.initial(model), events));
        }
    }

    /** A kill may leave a file of lines with nothing in it, and none beside it. */
    @Test
    void leavesOutAPartThatWasKilledWhileItBegan() throws IOException {
        List<State> states = fifteen(AuditConfig.ofDefaults());
        Files.createFile(folder().resolve("audit-000002.jsonl"));

        assertThat(rebuild().states()).containsExactly(Map.entry("", states.get(15)));
        Files.write(folder().resolve("audit-000003.jsonl"), List.of("{\"kind\":\"tra"));
        Files.createFile(folder().resolve("audit-000003.bin"));
        assertThat(rebuild().states()).containsExactly(Map.entry("", states.get(15)));
        assertThat(rebuild().torn()).isEqualTo(1);
    }

    @Test
    void refusesAFolderWithoutATrail() {
        assertThatExceptionOfType(AuditException.class)
                .isThrownBy(() -> AuditReplay.of(temp).rebuild())
                .withMessageContaining("must have parts");
    }

    /** The runtime tells a recorder of everything. */
    @Test
    void rebuildsWhatAnAdaptiveModelHasComeTo() throws IOException {
        State last;
        try (AuditTrail trail = AuditTrail.in(folder())) {
            AdaptiveModel adaptive =
                    AdaptiveModel.builder(model, DESCENT).recorder(trail).build();
            for (int k = 0; k < 20; k++) {
                adaptive.predict(k == 7 ? Line2d.batch(Float.NaN) : random());
                if (k == 9) {
                    adaptive.reset();
                }
            }
            last = adaptive.state();
            assertThat(adaptive.counters().rejected()).isEqualTo(1);
        }
        Rebuilt rebuilt = rebuild();
        assertThat(rebuilt.states()).containsExactly(Map.entry("", last));
        assertThat(rebuilt.steps()).isEqualTo(20);
        assertThat(rebuilt.resets()).isEqualTo(1);
    }

    @Test
    void checksItsSettings() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuditConfig.custom().partBytes(0).build())
                .withMessageContaining("partBytes must be at least 1, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuditConfig.custom().keptParts(-1).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuditReplay.of(temp).upTo(-1));
        AuditConfig config = AuditConfig.custom()
                .settings(Map.of("rho", "0.1"))
                .forced(true)
                .keptParts(3)
                .build();
        assertThat(AuditConfig.from(config).build()).isEqualTo(config);
    }
}
