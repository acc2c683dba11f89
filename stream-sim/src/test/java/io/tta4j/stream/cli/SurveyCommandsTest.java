package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands that survey source data have in common. */
final class SurveyCommandsTest {

    private static final int IMAGES = 60;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"calibrate", "canary", "fisher", "prototypes"})
    void twoRunsWriteTheSameBytes(String command) throws IOException {
        SurveyFolder surveyed = SurveyFolder.labelled(folder, IMAGES);
        assertThat(surveyed.survey(command, "one").err()).isEmpty();
        surveyed.survey(command, "two");

        assertThat(surveyed.bytes("two")).isEqualTo(surveyed.bytes("one"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "calibrate | --batch=0 | --batch must be at least 1, but was 0",
                "calibrate | --limit=0 | --limit must be at least 1, but was 0",
                "calibrate | --limit=1 | source entropies must be of at least 2 samples",
                "calibrate | --statistics=batch | must have batch norm in its graph for statistics 'batch'",
                "canary | --limit=0 | --limit must be at least 1, but was 0",
                "fisher | --batch=0 | --batch must be at least 1, but was 0",
                "fisher | --limit=0 | --limit must be at least 1, but was 0",
                "fisher | --statistics=train | --statistics must be auto, source, batch, a weight of the batch in 0..1",
                "fisher | --statistics=batch | must have batch norm in its graph for statistics 'batch'",
                "prototypes | --batch=0 | --batch must be at least 1, but was 0",
                "prototypes | --classes=a,b | there must be a name for each of the model's 3 classes, but there were 2",
                "prototypes | --features=nowhere | features must be a tensor",
            })
    void badInputIsOneLineAndLeavesNoFile(String command, String option, String message) throws IOException {
        assertRefused(SurveyFolder.labelled(folder, IMAGES).survey(command, "out", option), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4 | labels.npy must have samples of the model's 3 classes, but had none",
                "0 | source data must have samples of every class, but had none of '1'",
            })
    void prototypesAreOfEveryClass(byte only, String message) throws IOException {
        SurveyFolder surveyed = SurveyFolder.write(folder, IMAGES);
        byte[] labels = new byte[IMAGES];
        Arrays.fill(labels, only);
        surveyed.label(labels);

        assertRefused(surveyed.survey("prototypes", "out"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"calibrate", "canary", "fisher", "prototypes"})
    void noDataIsNamed(String command) throws IOException {
        SurveyFolder.write(folder, IMAGES);

        assertRefused(
                Outcome.in(folder, command + " --model %s/net.onnx --data %s/nowhere --out %s/out"),
                "no such file or folder");
    }

    private void assertRefused(Outcome outcome, String message) {
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).hasLineCount(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
