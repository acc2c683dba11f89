package io.tta4j.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.method.Setting;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardConfigTest {

    private static GuardConfig read(String... pairs) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return GuardConfig.read(values, GuardConfig.custom()).build();
    }

    @Test
    void hasTheDefaultsThatSettingsTell() {
        Map<String, String> told = new HashMap<>();
        for (Setting setting : GuardConfig.settings()) {
            if (!setting.defaultValue().equals("none")) {
                told.put(setting.name(), setting.defaultValue());
            }
        }
        assertThat(GuardConfig.read(told, GuardConfig.custom()).build()).isEqualTo(GuardConfig.ofDefaults());
        assertThat(GuardConfig.from(GuardConfig.ofDefaults()).build()).isEqualTo(GuardConfig.ofDefaults());
    }

    @Test
    void readsEverySetting(@TempDir Path folder) throws Exception {
        SourceEntropies source = SourceEntropies.of(2, new float[] {0, 1, 0}, new float[] {0.1f, 0.2f, 0.4f});
        Path file = folder.resolve("entropies.json");
        try (OutputStream out = Files.newOutputStream(file)) {
            source.write(out);
        }
        GuardConfig config = read(
                "stepNorm",
                "off",
                "distance",
                "0.5",
                "collapse",
                "0.3",
                "lossAverage",
                "0.1",
                "driftGate",
                "true",
                "gateRunLength",
                "1e6",
                "gateTolerance",
                "0.05",
                "gateWindow",
                "500",
                "calibration",
                file.toString(),
                "canaryEvery",
                "4",
                "canaryFall",
                "0.02");

        assertThat(config.stepNorm()).isEmpty();
        assertThat(config.distance()).hasValue(0.5);
        assertThat(config.collapse()).hasValue(0.3);
        assertThat(config.lossAverage()).hasValue(0.1);
        assertThat(config.driftGate()).isTrue();
        assertThat(config.gateRunLength()).isEqualTo(1e6);
        assertThat(config.gateTolerance()).isEqualTo(0.05);
        assertThat(config.gateWindow()).isEqualTo(500);
        assertThat(config.calibration()).contains(source);
        assertThat(config.canaryEvery()).isEqualTo(4);
        assertThat(config.canaryFall()).isEqualTo(0.02);
        assertThat(GuardConfig.from(config).build()).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource({
        "stepNorm, 1",
        "stepNorm, Infinity",
        "distance, 0",
        "distance, NaN",
        "collapse, 1.1",
        "collapse, 0",
        "lossAverage, 0",
        "gateRunLength, 0.5",
        "gateTolerance, 0.41",
        "gateTolerance, -0.1",
        "gateWindow, 1",
        "gateWindow, 2.5",
        "canaryEvery, 0",
        "canaryFall, 1.5",
        "driftGate, yes",
        "distance, far",
        "canaries, x"
    })
    void namesWhatItRefuses(String name, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(name, value))
                .withMessageContaining("guard." + name)
                .withMessageMatching("(?s).*must be.*but was.*");
    }

    @Test
    void namesAFileThatIsNotThere() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> read("calibration", "/no/such/file.json"))
                .withMessageContaining("guard.calibration")
                .withMessageContaining("/no/such/file.json");
    }

    @Test
    void refusesACanarySetWithoutALabelForEach() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Canary.labelled(ScaleModel.batch(new float[2], new float[2]), 1))
                .withMessageContaining("2 rows")
                .withMessageContaining("had 1");
        assertThat(List.of(
                        Canary.answeredBySource(ScaleModel.batch(new float[2])).toString()))
                .containsExactly("Canary[1 rows, answered by the source]");
    }
}
