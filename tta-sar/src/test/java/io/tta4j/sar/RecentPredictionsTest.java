package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecentPredictionsTest {

    private static final String AVERAGE = "predictionAverage";

    /** Softmax 1 / (1 + e^-5). */
    private static final double SURE = 0.9933071490757153;

    private final LinearModel model = LinearModel.of(2, "norm");

    private static Batch sure(int rows, int of) {
        float[][] logits = new float[rows][2];
        for (float[] row : logits) {
            row[of] = 5;
        }
        return LinearModel.batch(logits);
    }

    private static Adaptation step(LinearModel model, Method method, State state, Batch batch) {
        try (Pass pass = model.forward(batch, state.theta())) {
            return method.adapt(model, pass, state);
        }
    }

    private static Vector average(State state, int classes) {
        return state.vector(AVERAGE, Vector.zeros(classes));
    }

    /** Without radius and weights both descend the mean entropy of the same samples. */
    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.316, 0.44, 0.8})
    void withoutRadiusItIsEataWithoutWeightsBitForBit(double cosine) {
        LinearModel wide = LinearModel.of(10, "a", "b");
        Sar sar = Sar.of(SarConfig.published()
                .redundancy(cosine)
                .rho(0)
                .learningRate(0.3)
                .layers("all")
                .resetThreshold(0)
                .build());
        Eata eata = Eata.of(EataConfig.custom()
                .redundancy(cosine)
                .weights(false)
                .tent(tent -> tent.learningRate(0.3).layers(LayerSelection.all()))
                .build());
        State state = sar.initial(wide);
        State other = eata.initial(wide);
        Random random = new Random(4);
        int reliable = 0;
        for (int k = 0; k < 6; k++) {
            float[][] logits = new float[64][10];
            for (float[] row : logits) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = (float) (4 * random.nextGaussian());
                }
            }
            Adaptation made = step(wide, sar, state, LinearModel.batch(logits));
            Adaptation expected = step(wide, eata, other, LinearModel.batch(logits));
            state = made.state();
            other = expected.state();
            reliable += made.report().reliable();
            assertThat(made.report().reliable()).isEqualTo(expected.report().reliable());
            assertThat(state.vectors()).isEqualTo(other.vectors());
        }
        assertThat(reliable).isBetween(10, 6 * 64 - 10);
    }

    @Test
    void aClassThatIsPredictedAllTheTimeIsNotLearnedFrom() {
        Sar sar = Sar.ofDefaults();
        State one = step(model, sar, sar.initial(model), sure(64, 0)).state();

        Adaptation again = step(model, sar, one, sure(64, 0));
        assertThat(again.report().reliable()).isZero();
        assertThat(again.state()).isEqualTo(one);
        assertThat(step(model, sar, one, sure(64, 1)).report().reliable()).isEqualTo(64);
    }

    /** 0.9 of the average stays over 64 samples, and so much over fewer that it comes to the same. */
    @ParameterizedTest
    @CsvSource({"64, 0.9", "32, 0.9486832980505138", "1, 0.9983551163900784"})
    void movesAsMuchForTheSameSamples(int rows, double kept) {
        Sar sar =
                Sar.of(SarConfig.custom().redundancy(0.7).learningRate(0).rho(0).build());
        State first = step(model, sar, sar.initial(model), sure(rows, 0)).state();
        assertThat((double) average(first, 2).get(0)).isCloseTo(SURE, within(1e-6));

        State second = step(model, sar, first, sure(rows, 1)).state();
        assertThat((double) average(second, 2).get(0)).isCloseTo(kept * SURE + (1 - kept) * (1 - SURE), within(1e-6));
        assertThat((double) average(second, 2).get(1)).isCloseTo(kept * (1 - SURE) + (1 - kept) * SURE, within(1e-6));
    }

    @Test
    void aboveAnyCosineNothingIsRedundantAndNothingIsKept() {
        Sar sar = Sar.of(SarConfig.custom().redundancy(2).build());
        State one = step(model, sar, sar.initial(model), sure(64, 0)).state();

        assertThat(one.vectors()).doesNotContainKey(AVERAGE);
        assertThat(step(model, sar, one, sure(64, 0)).report().reliable()).isEqualTo(64);
    }

    /** What was not learned from was not predicted, either, as far as the average goes. */
    @Test
    void whereNothingIsReliableTheAverageStays() {
        Sar sar = Sar.ofDefaults();
        State one = step(model, sar, sar.initial(model), sure(64, 0)).state();
        assertThat(step(model, sar, one, LinearModel.batch(new float[] {0, 0})).state())
                .isEqualTo(one);
    }
}
