package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditCommandTest {

    private static final int IMAGES = 40;

    @TempDir
    private Path folder;

    private Path trails = Path.of("");

    @BeforeEach
    void writeInputs() throws IOException {
        trails = folder.resolve("trails");
        Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        TinySet.write(folder.resolve("data"), new Random(4), IMAGES, "fog", "snow");
    }

    private Outcome replay(String... more) {
        return Outcome.in(
                folder,
                "replay --model %s/net.onnx --data %s/data --method source,tent,sar --batch 8"
                        + " --set tent.learningRate=0.05,sar.resetThreshold=0.2,sar.margin=2",
                more);
    }

    private Path part(String corruption, String method) throws IOException {
        try (Stream<Path> files = Files.walk(trails)) {
            return files.filter(file -> file.toString().contains("-" + corruption + "-"))
                    .filter(file -> file.endsWith(Path.of(method, "audit-000001.jsonl")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void rebuildsWhatAReplayHasWritten() throws IOException {
        Outcome replay = replay("--audit", trails.toString());
        assertThat(replay.exitCode()).as(replay.err()).isZero();

        Outcome audit = Outcome.of("audit", trails.toString());

        assertThat(audit.exitCode()).as(audit.err()).isZero();
        assertThat(audit.err()).isEmpty();
        assertThat(audit.out().lines())
                .hasSize(4)
                .allMatch(
                        line -> line.matches(
                                ".*mild-0-(fog|snow)-[0-9a-f]{8}.(tent|sar): (tent|sar): 5 steps, 0 other changes, \\d+ resets, state [0-9a-f]{16} rebuilt bit for bit"));
        Outcome one = Outcome.of("audit", part("fog", "sar").toString(), "--record", "2");
        assertThat(one.out()).contains(": sar: 2 steps, 0 other changes").hasLineCount(1);
    }

    @Test
    void computesAgainFromInputs() {
        Outcome replay = replay("--audit", trails.toString(), "--with-inputs");
        assertThat(replay.exitCode()).as(replay.err()).isZero();

        Outcome audit = Outcome.in(folder, "audit %s/trails --model %s/net.onnx");

        assertThat(audit.exitCode()).as(audit.err()).isZero();
        assertThat(audit.out().lines()).hasSize(4).allMatch(line -> line.endsWith("computed again bit for bit"));
    }

    @Test
    void endsWithTwoWhereATrailWasChanged() throws IOException {
        replay("--audit", trails.toString());
        Path part = part("fog", "sar");
        Files.writeString(part, Files.readString(part).replaceFirst("\"reliable\":\\d+", "\"reliable\":99"));

        Outcome audit = Outcome.of("audit", trails.toString());

        assertThat(audit.exitCode()).isEqualTo(2);
        assertThat(audit.err())
                .hasLineCount(1)
                .startsWith("tta: ")
                .contains("line 3 of audit-000001.jsonl must be as it was written, but its line is damaged");
    }

    @Test
    void refusesWhatIsNoTrail() {
        assertThat(Outcome.of("audit", folder.toString()).exitCode()).isEqualTo(2);
        assertThat(Outcome.of("audit", folder.resolve("none").toString()).err())
                .startsWith("tta: no such file or folder");
        assertThat(replay("--with-inputs").err()).contains("--with-inputs must go with --audit");
        replay("--audit", trails.toString());
        assertThat(Outcome.of("audit", trails.toString(), "--record", "-1").exitCode())
                .isEqualTo(2);
        assertThat(Outcome.in(folder, "audit %s/trails --model %s/net.onnx").err())
                .contains("inputs must have been kept");
    }
}
