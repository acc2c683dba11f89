package io.tta4j.sar.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SourcePullTest {

    private static final Vector SOURCE = Vector.of(1, -2, 0.1f);

    private static Recovery.Outcome after(Recovery recovery, State state) {
        return recovery.after(state, OptionalDouble.empty(), SOURCE);
    }

    /** By hand, in powers of two: 3/4 of the way from the source stays. */
    @Test
    void drawsThetaBackAndNothingElse() {
        State state = State.of(Vector.of(5, -4, 0.1f)).with("momentum", Vector.of(1, 2, 3));

        Recovery.Outcome outcome = after(new SourcePull(0.75), state);

        assertThat(outcome.reset()).isFalse();
        assertThat(outcome.state()).isEqualTo(state.withTheta(Vector.of(4, -3.5f, 0.1f)));
    }

    @Test
    void atOneItPullsNothingAndAtZeroEverything() {
        State state = State.of(Vector.of(0.3f, 7, 1e-8f));

        assertThat(after(new SourcePull(1), state).state()).isEqualTo(state);
        assertThat(after(new SourcePull(0), State.of(Vector.of(2, -4, 0.1f)))
                        .state()
                        .theta())
                .isEqualTo(SOURCE);
    }

    @Test
    void whatStandsAtTheSourceKeepsItsBits() {
        State state = State.of(SOURCE);
        for (int step = 0; step < 100; step++) {
            state = after(new SourcePull(0.99), state).state();
        }
        assertThat(state.theta()).isEqualTo(SOURCE);
    }

    @Test
    void aPeriodCountsBatchesAndForgetsEverything() {
        PeriodicReset reset = new PeriodicReset(3);
        State state = State.of(Vector.of(2, 2, 2)).with("momentum", Vector.of(1, 2, 3));
        for (int batch = 1; batch <= 7; batch++) {
            Recovery.Outcome outcome = after(reset, state.withTheta(Vector.of(2, 2, batch)));
            assertThat(outcome.reset()).isEqualTo(batch % 3 == 0);
            if (outcome.reset()) {
                assertThat(outcome.state()).isEqualTo(State.of(SOURCE));
            }
            state = outcome.state();
        }
    }

    @Test
    void aPeriodOfZeroNeverResets() {
        State state = State.of(Vector.of(2, 2, 2));

        assertThat(after(new PeriodicReset(0), state)).isEqualTo(new Recovery.Outcome(state, false));
    }
}
