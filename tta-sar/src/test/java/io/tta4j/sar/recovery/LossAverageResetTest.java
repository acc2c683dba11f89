package io.tta4j.sar.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossAverageResetTest {

    private static final Vector SOURCE = Vector.of(1, 2);
    private static final State STEPPED =
            State.of(Vector.of(5, 6)).with("momentum", Vector.of(7, 8)).with("prototypes", Vector.of(9));

    private static double average(State state) {
        return state.scalar("lossAverage").orElseThrow();
    }

    private static OptionalDouble loss(double loss) {
        return OptionalDouble.of(loss);
    }

    /** By hand: 0.5, 0.45 + 0.01 = 0.46, no loss, 0.414 + 0.05 = 0.464. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFirstLossSetsTheAverageAndAnEmptyStepLeavesIt(boolean compat) {
        Recovery recovery = new LossAverageReset(0.2, compat);

        State state = recovery.after(STEPPED, loss(0.5), SOURCE).state();
        assertThat(average(state)).isEqualTo(0.5);
        state = recovery.after(state, loss(0.1), SOURCE).state();
        assertThat(average(state)).isCloseTo(0.46, within(1e-15));
        state = recovery.after(state, OptionalDouble.empty(), SOURCE).state();
        assertThat(average(state)).isCloseTo(0.46, within(1e-15));
        Recovery.Outcome outcome = recovery.after(state, loss(0.5), SOURCE);
        assertThat(average(outcome.state())).isCloseTo(0.464, within(1e-15));
        assertThat(outcome.reset()).isFalse();
        assertThat(outcome.state().vectors()).isEqualTo(STEPPED.vectors());
    }

    /** By hand: 0.21, then 0.189 + 0.001 = 0.19 is below 0.2; afterwards the next loss starts anew. */
    @Test
    void aCollapsedAverageResetsAndForgets() {
        Recovery recovery = new LossAverageReset(0.2, false);
        State state = recovery.after(STEPPED, loss(0.21), SOURCE).state();

        Recovery.Outcome reset = recovery.after(state, loss(0.01), SOURCE);

        assertThat(reset.reset()).isTrue();
        assertThat(reset.state().theta()).isSameAs(SOURCE);
        assertThat(reset.state().vectors())
                .doesNotContainKey("momentum")
                .as("not the recovery's to forget")
                .containsEntry("prototypes", Vector.of(9));
        assertThat(reset.state().scalar("lossAverage")).isEmpty();

        Recovery.Outcome next = recovery.after(reset.state(), loss(0.3), SOURCE);
        assertThat(next.reset()).isFalse();
        assertThat(average(next.state())).isEqualTo(0.3);
    }

    /** By hand: 0.19 stays, and so 0.171 + 0.03 = 0.201 ends what an empty step and 0.171 + 0.01 = 0.181 prolong. */
    @Test
    void compatKeepsTheMomentumAndTheAverageAndSoResetsAgain() {
        Recovery recovery = new LossAverageReset(0.2, true);
        State state = recovery.after(STEPPED, loss(0.21), SOURCE).state();

        Recovery.Outcome first = recovery.after(state, loss(0.01), SOURCE);
        assertThat(first.reset()).isTrue();
        assertThat(first.state().theta()).isSameAs(SOURCE);
        assertThat(first.state().vectors()).containsEntry("momentum", Vector.of(7, 8));
        assertThat(average(first.state())).isCloseTo(0.19, within(1e-15));

        State moved = first.state().withTheta(Vector.of(3, 3));
        assertThat(recovery.after(moved, OptionalDouble.empty(), SOURCE).reset())
                .isTrue();
        assertThat(recovery.after(moved, loss(0.1), SOURCE).reset()).isTrue();
        assertThat(recovery.after(moved, loss(0.3), SOURCE).reset()).isFalse();
    }

    @Test
    void theThresholdItselfIsNotBelow() {
        assertThat(new LossAverageReset(0.2, false)
                        .after(STEPPED, loss(0.2), SOURCE)
                        .reset())
                .isFalse();
    }

    @Test
    void zeroNeverResets() {
        assertThat(new LossAverageReset(0, false)
                        .after(STEPPED, loss(0), SOURCE)
                        .reset())
                .isFalse();
    }
}
