package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FisherCommandTest {

    private static final int IMAGES = 40;

    @TempDir
    private Path folder;

    @Test
    void writesWhatEataReads() throws IOException {
        SurveyFolder surveyed = SurveyFolder.write(folder, IMAGES);

        Outcome outcome = surveyed.survey("fisher", "f.safetensors", "--limit", "30", "--batch", "16");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEqualTo("f.safetensors: 12 parameters, from 30 samples%n".formatted());
        surveyed.label(new byte[IMAGES]);
        assertThat(surveyed.replay("--method eata --set eata.fisher=%s/f.safetensors")
                        .out())
                .contains("eata");
    }
}
