package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeConfigTest {

    @Test
    void readsItsSettingsFromText() {
        Map<String, String> given = Map.ofEntries(
                Map.entry("execution", "background"),
                Map.entry("mode", "shadow"),
                Map.entry("adaptationBatch", "32"),
                Map.entry("greatestAge", "250"),
                Map.entry("pendingBytes", "1e6"),
                Map.entry("overload", "drop-newest"),
                Map.entry("budget", "0.1"),
                Map.entry("sliceRows", "4"),
                Map.entry("patience", "20"),
                Map.entry("finishOnClose", "true"),
                Map.entry("streamBytes", "1e7"),
                Map.entry("streamIdle", "60000"),
                Map.entry("saveInterval", "500"));
        assertThat(given).hasSameSizeAs(RuntimeConfig.settings());
        assertThat(RuntimeConfig.parse(given))
                .isEqualTo(new RuntimeConfig(
                        Execution.BACKGROUND,
                        Mode.SHADOW,
                        OptionalInt.of(32),
                        Duration.ofMillis(250),
                        1_000_000,
                        OverloadPolicy.DROP_NEWEST,
                        Budget.share(0.1),
                        OptionalInt.of(4),
                        Duration.ofMillis(20),
                        true,
                        10_000_000,
                        Duration.ofMinutes(1),
                        Duration.ofMillis(500)));
    }

    @Test
    void hasTheDefaultsThatItTells() {
        RuntimeConfig defaults = RuntimeConfig.ofDefaults();
        assertThat(RuntimeConfig.parse(Map.of())).isEqualTo(defaults);
        assertThat(RuntimeConfig.from(defaults).build()).isEqualTo(defaults);
        RuntimeConfig.settings().stream()
                .filter(setting -> !setting.name().equals("adaptationBatch"))
                .forEach(setting -> assertThat(RuntimeConfig.parse(Map.of(setting.name(), setting.defaultValue())))
                        .as(setting.name())
                        .isEqualTo(defaults));
    }

    @Test
    void readsSamplesPerSecond() {
        Budget budget = RuntimeConfig.parse(Map.of("budget", "200/s")).budget();
        assertThat(budget).isEqualTo(Budget.samplesPerSecond(200)).hasToString("200.0/s");
    }

    @ParameterizedTest
    @CsvSource({
        "execution, sometimes, 'runtime.execution must be one of [inline, background], but was ''sometimes'''",
        "mode, ADAPTING, 'runtime.mode must be one of'",
        "adaptationBatch, 0, 'runtime.adaptationBatch must be at least 1, but was 0'",
        "adaptationBatch, 1.5, 'runtime.adaptationBatch must be a whole number, but was 1.5'",
        "adaptationBatch, 1e10, 'runtime.adaptationBatch must be at most 2147483647, but was 10000000000'",
        "greatestAge, -1, 'runtime.greatestAge must be at least 0, but was -1'",
        "pendingBytes, -1, 'runtime.pendingBytes must be at least 0, but was -1'",
        "overload, drop, 'runtime.overload must be one of [drop-oldest, drop-newest, sample], but was ''drop'''",
        "budget, 0, 'must be greater than 0 and at most 1, but was 0.0'",
        "budget, 1.1, 'must be greater than 0 and at most 1, but was 1.1'",
        "budget, NaN, 'must be greater than 0 and at most 1, but was NaN'",
        "budget, -5/s, 'must be greater than 0, but were -5.0'",
        "budget, much, 'runtime.budget must be a share of wall time such as 0.25'",
        "sliceRows, 0, 'runtime.sliceRows must be at least 1, but was 0'",
        "patience, -1, 'runtime.patience must be at least 0, but was -1'",
        "streamBytes, 0, 'runtime.streamBytes must be at least 1, but was 0'",
        "streamIdle, 0, 'runtime.streamIdle must be at least 1, but was 0'",
        "saveInterval, 0, 'runtime.saveInterval must be at least 1, but was 0'",
        "finishOnClose, maybe, 'runtime.finishOnClose must be true or false'",
        "speed, 1, 'setting must be one of [runtime.execution'"
    })
    void refusesWhatIsOutOfRange(String name, String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RuntimeConfig.parse(Map.of(name, text)))
                .withMessageContaining(message);
    }

    /** Clocks count nanoseconds, of which a long has 2^63 - 1: 9223372036854 milliseconds and a bit. */
    @Test
    void refusesTimesThatNoClockCounts() {
        Duration longest = Duration.ofNanos(Long.MAX_VALUE);
        RuntimeConfig config = RuntimeConfig.custom()
                .greatestAge(longest)
                .patience(longest)
                .streamIdle(longest)
                .saveInterval(longest)
                .build();
        assertThat(config.greatestAge()).isEqualTo(longest);

        Duration more = longest.plusNanos(1);
        assertRefused(
                RuntimeConfig.from(config).patience(more),
                "runtime.patience must be at least 0 and at most 9223372036854");
        assertRefused(
                RuntimeConfig.from(config).greatestAge(more), "runtime.greatestAge must be at least 0 and at most");
        assertRefused(
                RuntimeConfig.from(config).streamIdle(Duration.ofSeconds(Long.MAX_VALUE)),
                "runtime.streamIdle must be");
        assertRefused(
                RuntimeConfig.from(config).saveInterval(Duration.ofSeconds(Long.MIN_VALUE)),
                "runtime.saveInterval must be");
    }

    private static void assertRefused(RuntimeConfig.Builder config, String message) {
        assertThatIllegalArgumentException().isThrownBy(config::build).withMessageContaining(message);
    }
}
