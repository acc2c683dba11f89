package io.tta4j.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MarkovChainTest {

    private static final int STEPS = 400_000;

    /** The settings of UniTTA that are chains: classes 0.95 with imbalance 1 and 10, domains 0.85 with 1 and 5. */
    @ParameterizedTest
    @CsvSource({"10, 0.95, 1", "10, 0.95, 10", "15, 0.85, 1", "15, 0.85, 5", "2, 0.6, 1.25"})
    void statesComeByTheirSharesAndStayByTheirProbabilities(int states, double correlation, double imbalance) {
        int[] walk = new MarkovChain(states, correlation, imbalance).walk(STEPS, new SplittableRandom(3));

        double sum = IntStream.range(0, states)
                .mapToDouble(i -> Math.pow(imbalance, -i / (states - 1.0)))
                .sum();
        for (int state = 0; state < states; state++) {
            int own = state;
            double factor = Math.pow(imbalance, state / (states - 1.0));
            double share = 1 / (factor * sum);
            double stay = 1 - (1 - correlation) * factor;
            long visits = IntStream.of(walk).filter(s -> s == own).count();
            long stays = IntStream.range(1, STEPS)
                    .filter(t -> walk[t - 1] == own && walk[t] == own)
                    .count();
            // Correlated in time: as good as STEPS (1 - correlation) / (1 + correlation) independent draws, or more.
            double independent = STEPS * (1 - correlation) / (1 + correlation);
            assertThat(visits / (double) STEPS)
                    .isCloseTo(share, within(5 * Math.sqrt(share * (1 - share) / independent)));
            assertThat(stays / (double) visits).isCloseTo(stay, within(5 * Math.sqrt(stay * (1 - stay) / visits)));
        }
    }

    @Test
    void whatDoesNotStayGoesAnywhereElseAlike() {
        int[] walk = new MarkovChain(5, 0.7, 2).walk(STEPS, new SplittableRandom(4));

        int[] from0 = new int[5];
        IntStream.range(1, STEPS).filter(t -> walk[t - 1] == 0).forEach(t -> from0[walk[t]]++);
        int left = IntStream.range(1, 5).map(state -> from0[state]).sum();
        for (int state = 1; state < 5; state++) {
            assertThat(from0[state] / (double) left).isCloseTo(0.25, within(5 * Math.sqrt(0.25 * 0.75 / left)));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.1})
    void withoutCorrelationDrawsAreIndependent(double correlation) {
        int[] walk = new MarkovChain(10, correlation, 10).walk(STEPS, new SplittableRandom(5));

        double[] shares =
                IntStream.range(0, 10).mapToDouble(i -> Math.pow(10, -i / 9.0)).toArray();
        double sum = IntStream.range(0, 10).mapToDouble(i -> shares[i]).sum();
        double again = IntStream.range(0, 10)
                .mapToDouble(i -> shares[i] * shares[i] / (sum * sum))
                .sum();
        long repeats =
                IntStream.range(1, STEPS).filter(t -> walk[t - 1] == walk[t]).count();
        assertThat(repeats / (double) STEPS).isCloseTo(again, within(5 * Math.sqrt(again / STEPS)));
        assertThat(IntStream.of(walk).filter(s -> s == 9).count() / (double) STEPS)
                .isCloseTo(shares[9] / sum, within(5 * Math.sqrt(shares[9] / sum / STEPS)));
    }

    @Test
    void fullCorrelationGoesThroughTheStatesOnce() {
        // Shares 4/7, 2/7 and 1/7.
        int[] walk = new MarkovChain(3, 1, 4).walk(70, new SplittableRandom(6));

        assertThat(walk)
                .isEqualTo(IntStream.range(0, 70)
                        .map(t -> t < 40 ? 0 : t < 60 ? 1 : 2)
                        .toArray());
    }

    @Test
    void oneStateStays() {
        assertThat(new MarkovChain(1, 0.85, 5).walk(4, new SplittableRandom(7))).containsExactly(0, 0, 0, 0);
    }

    @Test
    void parametersMustGoTogether() {
        // The last of ten classes would have to leave with probability 5.
        assertThatThrownBy(() -> new MarkovChain(10, 0.5, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "correlation must be at least 0.9100 for 10 states and imbalance 10.0, or at most 1 / 10, but"
                                + " was 0.5");
        assertThatThrownBy(() -> new MarkovChain(10, 1.5, 1)).hasMessage("correlation must be in 0..1, but was 1.5");
        assertThatThrownBy(() -> new MarkovChain(10, 0.5, 0.5))
                .hasMessage("imbalance must be a number from 1 on, but was 0.5");
    }
}
