package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FollowingTest {

    /** Two base classes along the axes of the plane, a column each. */
    private static final Known AXES = Known.of(
            List.of("right", "up"),
            Matrix.of(2, 2, new float[] {1, 0, 0, 1}),
            Vector.of(2, 3),
            new StreamMoments(Vector.zeros(2), 0, 0, 0, 0));

    private static final Matrix SURELY_RIGHT = Matrix.of(1, 2, new float[] {0.9f, 0.5f});

    private static void assertColumn(Known known, int column, double x, double y) {
        assertThat((double) known.prototypes().get(0, column)).isCloseTo(x, within(1e-6));
        assertThat((double) known.prototypes().get(1, column)).isCloseTo(y, within(1e-6));
        assertThat(known.anchors()).isEqualTo(AXES.anchors());
    }

    /** (0.9, 0) + 0.1 (0.6, 0.8), over its length; how long the sample is does not count. */
    @ParameterizedTest
    @ValueSource(floats = {1, 0.01f, 300})
    void drawsAPrototypeTowardsItsSample(float length) {
        Matrix placed = Matrix.of(1, 2, new float[] {0.6f * length, 0.8f * length});

        Known moved = new Following(0.1, 0.3, 0).follow(AXES, placed, SURELY_RIGHT);

        double norm = Math.hypot(0.96, 0.08);
        assertColumn(moved, 0, 0.96 / norm, 0.08 / norm);
        assertColumn(moved, 1, 0, 1);
    }

    /** Two samples: their mean direction, at a share of 1 - 0.9^2; the third is of the other class. */
    @Test
    void drawsByAllTheSamplesOfAClass() {
        Matrix placed = Matrix.of(3, 2, new float[] {0.6f, 0.8f, 3, 0, -0.5f, 0.5f});
        Matrix scores = Matrix.of(3, 2, new float[] {0.9f, 0.5f, 0.8f, 0.1f, -0.3f, 0.7f});

        Known moved = new Following(0.1, 0.3, 0).follow(AXES, placed, scores);

        double meanNorm = Math.hypot(1.6, 0.8);
        double x = 0.81 + 0.19 * 1.6 / meanNorm;
        double y = 0.19 * 0.8 / meanNorm;
        assertColumn(moved, 0, x / Math.hypot(x, y), y / Math.hypot(x, y));
        double left = 0.1 * -Math.sqrt(0.5);
        double up = 0.9 + 0.1 * Math.sqrt(0.5);
        assertColumn(moved, 1, left / Math.hypot(left, up), up / Math.hypot(left, up));
    }

    /** The best score is 0.4 above the second, within the rounding of float32. */
    @Test
    void samplesBelowTheMarginDrawNothing() {
        Matrix placed = Matrix.of(1, 2, new float[] {0.6f, 0.8f});

        assertThat(new Following(0.1, 0.401, 0).follow(AXES, placed, SURELY_RIGHT))
                .isEqualTo(AXES);
        assertThat(new Following(0.1, 0.399, 0).follow(AXES, placed, SURELY_RIGHT))
                .isNotEqualTo(AXES);
    }

    @Test
    void aRateOfZeroDrawsNothing() {
        assertThat(new Following(0, 0, 0).follow(AXES, Matrix.of(1, 2, new float[] {0.6f, 0.8f}), SURELY_RIGHT))
                .isSameAs(AXES);
    }

    /** However many wrong guesses there are, the prototype stays within the guard of its anchor. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.8, 0.99, 1})
    void noRunOfWrongGuessesDragsAPrototypeBeyondTheGuard(double guard) {
        Following following = new Following(0.05, 0.1, guard);
        Matrix wrong = Matrix.of(2, 2, new float[] {-1, 0.1f, -1, 0.2f});
        Matrix scores = Matrix.of(2, 2, new float[] {0.9f, 0, 0.9f, 0});
        Known known = AXES;
        for (int i = 0; i < 200; i++) {
            known = following.follow(known, wrong, scores);
            assertThat((double) known.prototypes().get(0, 0)).isGreaterThanOrEqualTo(guard - 1e-6);
            assertThat(Vector.of(known.prototypes().transposed().row(0)).norm()).isCloseTo(1, within(1e-6));
        }
        if (guard == 1) {
            assertThat(known).isEqualTo(AXES);
        }
    }

    /** Half way to its opposite there is no direction. */
    @Test
    void aPrototypeIsNotDrawnToNowhere() {
        Matrix opposite = Matrix.of(1, 2, new float[] {-1, 0});

        Known known = new Following(0.5, 0, 0).follow(AXES, opposite, SURELY_RIGHT);

        assertThat(known).isEqualTo(AXES);
    }

    @Test
    void samplesThatAreNothingOrNotFiniteDrawNothing() {
        Following following = new Following(0.5, 0, 0);
        Matrix zero = Matrix.of(1, 2, new float[2]);
        Matrix cancelling = Matrix.of(2, 2, new float[] {0, 1, 0, -1});
        Matrix wrong = Matrix.of(1, 2, new float[] {Float.NaN, 1});
        Matrix noScores = Matrix.of(1, 2, new float[] {Float.NaN, Float.NaN});

        assertThat(following.follow(AXES, zero, SURELY_RIGHT)).isEqualTo(AXES);
        assertThat(following.follow(AXES, cancelling, Matrix.of(2, 2, new float[] {0.9f, 0.5f, 0.9f, 0.5f})))
                .isEqualTo(AXES);
        assertThat(following.follow(AXES, wrong, noScores)).isEqualTo(AXES);
    }
}
