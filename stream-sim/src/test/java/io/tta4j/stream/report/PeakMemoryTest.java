package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PeakMemoryTest {

    @Test
    void isWhatTheSystemSays() {
        assertThat(PeakMemory.of(List.of("VmPeak:\t 9 kB", "VmHWM:\t  204800 kB", "VmRSS:\t 1024 kB")))
                .isEqualTo(new PeakMemory("resident", 200));
    }

    @Test
    void isTheHeapsWhereTheSystemSaysNothing() {
        assertThat(PeakMemory.of(List.of()).of()).isEqualTo("heap");
        assertThat(PeakMemory.of(List.of("VmHWM:\t kB")).mebibytes()).isPositive();
    }
}
