package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CountersTest {

    /** Counters that are not saved would begin at 0 again. */
    @Test
    void allCountersAreSaved() {
        Counters counters = new Counters(1, 2, 3, 4, 5, 6, 7);

        assertThat(Counters.byName(counters.byName())).isEqualTo(counters);
        assertThat(counters.byName()).hasSize(Counters.class.getRecordComponents().length);
        assertThat(Counters.byName(Map.of("samples", 3L))).isEqualTo(new Counters(0, 3, 0, 0, 0, 0, 0));
    }
}
