package io.tta4j.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlineTest {

    /** Areas by geometry, of the unit the outline is defined in; the star's is 10 triangles, from its inradius 0.36. */
    @ParameterizedTest
    @CsvSource({
        "DISC, 2.5133",
        "RING, 2.0420",
        "SQUARE, 2.2500",
        "FRAME, 1.7500",
        "TRIANGLE, 1.2990",
        "CROSS, 1.7604",
        "STAR, 1.5235",
        "BAR, 1.1400",
        "HOURGLASS, 1.3005"
    })
    void hasItsArea(Outline outline, double area) {
        int steps = 600;
        double cell = 3.0 / steps;
        int inside = 0;
        for (int i = 0; i < steps; i++) {
            for (int j = 0; j < steps; j++) {
                if (outline.contains(-1.5 + (j + 0.5) * cell, -1.5 + (i + 0.5) * cell)) {
                    inside++;
                }
            }
        }
        assertThat(inside * cell * cell).isCloseTo(area, within(0.015));
    }

    @ParameterizedTest
    @CsvSource({
        "RING, 0, 0, false",
        "FRAME, 0, 0, false",
        "STAR, 0, 1.1, true",
        "STAR, 0, -0.5, false",
        "CRESCENT, -0.6, 0, true",
        "CRESCENT, 0.3, 0, false",
        "HOURGLASS, 0, 0.4, false"
    })
    void containsItsPoints(Outline outline, double x, double y, boolean inside) {
        assertThat(outline.contains(x, y)).isEqualTo(inside);
    }
}
