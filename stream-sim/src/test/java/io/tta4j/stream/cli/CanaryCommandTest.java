package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.guard.Canary;
import io.tta4j.model.Batch;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CanaryCommandTest {

    private static final int IMAGES = 300;

    @TempDir
    private Path folder;

    private Batch read(String file) throws IOException {
        return Canary.read(folder.resolve(file)).batch();
    }

    @Test
    void writesWhatTheCanaryGuardReads() throws IOException {
        SurveyFolder surveyed = SurveyFolder.write(folder, IMAGES);

        Outcome outcome = surveyed.survey("canary", "c.safetensors", "--batch", "64");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEqualTo("c.safetensors: 256 samples%n".formatted());
        assertThat(read("c.safetensors").rows()).isEqualTo(256);
        surveyed.label(new byte[IMAGES]);
        assertThat(surveyed.replay("--method tent --set guard.canary=%s/c.safetensors,guard.canaryEvery=1")
                        .err())
                .isEmpty();
    }

    @Test
    void batchesChangeNothing() throws IOException {
        SurveyFolder surveyed = SurveyFolder.write(folder, IMAGES);

        surveyed.survey("canary", "one", "--batch", "64", "--limit", "100");
        surveyed.survey("canary", "two", "--batch", "7", "--limit", "100");

        assertThat(surveyed.bytes("two")).isEqualTo(surveyed.bytes("one"));
        assertThat(read("one").rows()).isEqualTo(100);
    }

    @Test
    void anotherFileEndsInOneLine() throws IOException {
        SurveyFolder surveyed = SurveyFolder.write(folder, IMAGES);
        surveyed.survey("calibrate", "c.json");

        Outcome outcome = Outcome.in(
                folder,
                "replay --model %s/net.onnx --data %s/data --corruption images --method tent --set guard.canary=%s/c.json");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("'c.json' must be a canary set file").hasLineCount(1);
    }
}
