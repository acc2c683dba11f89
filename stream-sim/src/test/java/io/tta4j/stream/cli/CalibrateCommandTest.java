package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.guard.SourceEntropies;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalibrateCommandTest {

    private static final int IMAGES = 400;

    @TempDir
    private Path folder;

    /** Entropies lie in 0..ln C; by their ranks the source's own are even, so that a gate stays shut over them. */
    @Test
    void writesWhatTheDriftGateReads() throws IOException {
        SurveyFolder surveyed = SurveyFolder.write(folder, IMAGES);

        Outcome outcome = surveyed.survey("calibrate", "c.json", "--batch", "64");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEqualTo("c.json: 3 classes, from 400 samples%n".formatted());
        SourceEntropies source = read("c.json");
        assertThat(source.samples()).isEqualTo(IMAGES);
        assertThat(source.classes()).isEqualTo(3);
        for (int group = 0; group < source.quantiles().rows(); group++) {
            float[] quantiles = source.quantiles().row(group);
            assertThat(quantiles[0]).isGreaterThanOrEqualTo(0);
            assertThat(quantiles[quantiles.length - 1]).isBetween(quantiles[0], (float) Math.log(3));
        }
        surveyed.label(new byte[IMAGES]);
        assertThat(surveyed.replay("--method tent --set guard.driftGate=true,guard.calibration=%s/c.json")
                        .out())
                .containsPattern("batches held back +7");
    }

    @Test
    void batchesChangeNothing() throws IOException {
        SurveyFolder surveyed = SurveyFolder.write(folder, IMAGES);

        surveyed.survey("calibrate", "one.json", "--batch", "64");
        surveyed.survey("calibrate", "two.json", "--batch", "7");
        surveyed.survey("calibrate", "part.json", "--limit", "100");

        assertThat(read("two.json")).isEqualTo(read("one.json"));
        assertThat(read("part.json").samples()).isEqualTo(100);
    }

    private SourceEntropies read(String file) throws IOException {
        return SourceEntropies.read(folder.resolve(file));
    }
}
