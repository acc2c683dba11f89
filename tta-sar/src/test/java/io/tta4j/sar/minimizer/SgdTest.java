package io.tta4j.sar.minimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import org.junit.jupiter.api.Test;

class SgdTest {

    /** By hand, in powers of two so that float arithmetic is exact: eta = 1/4, mu = 1/2, gradients 8, 4, 0, -16. */
    @Test
    void stepsAsPyTorchDoes() {
        Sgd sgd = new Sgd(0.25, 0.5);
        State state = State.of(Vector.of(1, -1));
        float[][] gradients = {{8, 0}, {4, 0}, {0, 0}, {-16, 2}};
        float[][] momenta = {{8, 0}, {8, 0}, {4, 0}, {-14, 2}};
        float[][] thetas = {{-1, -1}, {-3, -1}, {-4, -1}, {-0.5f, -1.5f}};

        for (int step = 0; step < gradients.length; step++) {
            state = sgd.step(state, Vector.of(gradients[step]));

            assertThat(state.vector("momentum", Vector.zeros(2))).isEqualTo(Vector.of(momenta[step]));
            assertThat(state.theta()).isEqualTo(Vector.of(thetas[step]));
        }
    }

    @Test
    void leavesTheRestOfTheStateAlone() {
        State before = State.of(Vector.of(1)).with("other", Vector.of(3)).with("lossAverage", 0.5);

        State after = new Sgd(0.1, 0.9).step(before, Vector.of(1));

        assertThat(after.vectors()).containsEntry("other", Vector.of(3)).containsOnlyKeys("theta", "momentum", "other");
        assertThat(after.scalars()).isEqualTo(before.scalars());
    }

    @Test
    void aParameterWithoutGradientKeepsItsBits() {
        Vector theta = Vector.of(-0f, 0f, Float.MIN_VALUE, 1e30f, 7);
        State state = State.of(theta);
        for (int step = 0; step < 3; step++) {
            // A masked negative gradient is -0.
            state = new Sgd(0.1, 0.9).step(state, Vector.of(-0f, -0f, 0f, 0f, 1));
        }

        for (int i = 0; i < 4; i++) {
            assertThat(Float.floatToRawIntBits(state.theta().get(i))).isEqualTo(Float.floatToRawIntBits(theta.get(i)));
        }
    }
}
