package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Adaptation;
import io.tta4j.method.State;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import org.junit.jupiter.api.Test;

class TentTest {

    private final LinearModel model = LinearModel.of(2, "norm");

    /**
     * By hand, with logits (d, 0) and p = sigmoid(d): the gradient of the entropy is -p q d (d, 0, 1, -1), over scales
     * and shifts.
     */
    @Test
    void stepsAlongTheMeanEntropyOfAllSamples() {
        Tent tent = Tent.of(TentConfig.custom().learningRate(0.1).momentum(0.5).build());
        double slope = 0;
        double curve = 0;
        double entropy = 0;
        for (double d : new double[] {0.5, 3}) {
            double p = 1 / (1 + Math.exp(-d));
            slope += -p * (1 - p) * d / 2;
            curve += -p * (1 - p) * d * d / 2;
            entropy += (-p * Math.log(p) - (1 - p) * Math.log(1 - p)) / 2;
        }

        State state = tent.initial(model);
        try (Pass pass = model.forward(LinearModel.batch(new float[] {0.5f, 0}, new float[] {3, 0}), state.theta())) {
            Adaptation first = tent.adapt(model, pass, state);
            assertThat(first.report().samples()).isEqualTo(2);
            assertThat(first.report().reliable()).isEqualTo(2);
            assertThat(first.report().adaptedSamples()).isEqualTo(2);
            assertThat(first.report().reset()).isFalse();
            assertThat(first.report().loss().orElseThrow()).isCloseTo(entropy, within(1e-7));
            assertClose(first.state().theta(), 1 - 0.1 * curve, 1, -0.1 * slope, 0.1 * slope);

            // The same gradient once more: v = 1.5 g.
            Adaptation second = tent.adapt(model, pass, first.state());
            assertClose(second.state().theta(), 1 - 0.25 * curve, 1, -0.25 * slope, 0.25 * slope);
            assertThat(second.state().vectors()).containsOnlyKeys("theta", "momentum");
            assertThat(second.state().scalars()).isEmpty();
        }
        assertThat(model.open).hasValue(0);
        assertThat(model.repeatedRows).as("one forward, one pullback").isEmpty();
    }

    private static void assertClose(Vector actual, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual.get(i)).isCloseTo((float) expected[i], within(1e-6f));
        }
    }

    @Test
    void aSampleThatIsNotFiniteNeverReachesThePublishedState() {
        AdaptiveModel adaptive = AdaptiveModel.of(model, Tent.ofDefaults());

        adaptive.predict(LinearModel.batch(new float[] {1, 0}, new float[] {Float.NaN, 0}));

        assertThat(adaptive.state().theta()).isSameAs(model.source());
        assertThat(adaptive.counters().rejected()).isEqualTo(1);
    }

    @Test
    void aPatternThatMatchesNoLayerIsRefusedAtTheStart() {
        Tent tent = Tent.of(TentConfig.custom().layers("layer1.*").build());

        assertThatThrownBy(() -> AdaptiveModel.of(model, tent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tent.layers must match norm layers of the model, but 'layer1.*' matches none of [norm]");
    }
}
