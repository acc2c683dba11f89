package io.tta4j.sar.minimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import org.junit.jupiter.api.Test;

class AdamTest {

    /** The first step is eta times the sign of the gradient, whatever its size. */
    @Test
    void theFirstStepHasTheLearningRatesLength() {
        State state = new Adam(0.25, 0.9).step(State.of(Vector.of(1, 1, 1)), Vector.of(8, -1e-3f, 0));

        assertThat(state.theta().get(0)).isCloseTo(0.75f, within(1e-6f));
        assertThat(state.theta().get(1)).isCloseTo(1.25f, within(1e-5f));
        assertThat(state.theta().get(2)).isEqualTo(1);
        assertThat(state.vectors()).containsOnlyKeys("theta", "momentum", "squares");
        assertThat(state.scalar("steps")).hasValue(1);
    }

    /** By hand: with beta_1 = 1/2 and gradients 4 and -2, m = 2 then 0, so the second step goes nowhere. */
    @Test
    void momentsThatCancelStandStill() {
        Adam adam = new Adam(0.5, 0.5);
        State first = adam.step(State.of(Vector.of(0)), Vector.of(4));
        State second = adam.step(first, Vector.of(-2));

        assertThat(second.vector("momentum", Vector.of(9))).isEqualTo(Vector.of(0));
        assertThat(second.theta()).isEqualTo(first.theta());
        assertThat(second.vector("squares", Vector.of(9)).get(0)).isCloseTo(0.016f * 0.999f + 0.004f, within(1e-7f));
    }

    @Test
    void aParameterWithoutGradientKeepsItsBits() {
        Vector theta = Vector.of(-0f, 0f, Float.MIN_VALUE, 1e30f, 7);
        State state = State.of(theta);
        for (int step = 0; step < 3; step++) {
            state = new Adam(0.1, 0.9).step(state, Vector.of(-0f, -0f, 0f, 0f, 1));
        }

        for (int i = 0; i < 4; i++) {
            assertThat(Float.floatToRawIntBits(state.theta().get(i))).isEqualTo(Float.floatToRawIntBits(theta.get(i)));
        }
    }

    @Test
    void rulesAreReadFromTheirText() {
        assertThat(Optimizer.Rule.parse("tent.optimizer", "adam").of(0.1, 0.9)).isEqualTo(new Adam(0.1, 0.9));
        assertThat(Optimizer.Rule.parse("tent.optimizer", " sgd").of(0.1, 0.9)).isEqualTo(new Sgd(0.1, 0.9));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optimizer.Rule.parse("tent.optimizer", "lion"))
                .withMessage("tent.optimizer must be sgd or adam, but was 'lion'");
    }
}
