package io.tta4j.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GivenSettingsTest {

    @Test
    void goToWhoseTheyAre() {
        GivenSettings given = GivenSettings.of(
                "sar",
                Map.of("rho", "1", "sar.margin", "2", "runtime.budget", "3", "guard.distance", "4", "tent.x", "5"));
        assertThat(given.method())
                .containsOnly(Map.entry("rho", "1"), Map.entry("margin", "2"), Map.entry("tent.x", "5"));
        assertThat(given.runtime()).containsOnly(Map.entry("budget", "3"));
        assertThat(given.guard()).containsOnly(Map.entry("distance", "4"));
    }

    @Test
    void areGivenOnce() {
        Map<String, String> twice = new TreeMap<>(Map.of("rho", "1", "sar.rho", "2"));
        assertThatThrownBy(() -> GivenSettings.of("sar", twice))
                .hasMessage("setting 'sar.rho' must be given once, but was twice");
    }
}
