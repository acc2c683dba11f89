package io.tta4j.stream.setting;

import java.util.SplittableRandom;

/**
 * UniTTA's Markov chain over N states (Du et al., 2024), state 0 the most frequent.
 *
 * <p>The share of state i is pi_i, proportional to {@code imbalance^(-i / (N - 1))}. State i comes again next with
 * probability {@code 1 - (1 - correlation) imbalance^(i / (N - 1))}, and each other with an equal part of the rest; the
 * stationary distribution of that is pi. It starts in pi. Rare states come as often as frequent ones, and stay shorter.
 *
 * <p>With a correlation of 1 / N and less, states are drawn independently from pi; with 1, each state stays until its
 * share of the steps is used up.
 *
 * @param states N
 * @param correlation the probability that state 0 comes again next, 0..1
 * @param imbalance the share of state 0 over that of state N - 1, from 1 on
 */
record MarkovChain(int states, double correlation, double imbalance) {

    /**
     * Checks the parameters.
     *
     * @throws IllegalArgumentException if one is out of range, or the last state would come again less often than by
     *     chance
     */
    MarkovChain {
        requireRanges(correlation, imbalance);
        double least = 1 - (1 - 1.0 / states) / imbalance;
        if (states > 1 && correlation > 1.0 / states && correlation < least - 1e-9) {
            throw new IllegalArgumentException(
                    "correlation must be at least %.4f for %d states and imbalance %s, or at most 1 / %d, but was %s"
                            .formatted(least, states, imbalance, states, correlation));
        }
    }

    static void requireRanges(double correlation, double imbalance) {
        if (!(correlation >= 0 && correlation <= 1)) {
            throw new IllegalArgumentException("correlation must be in 0..1, but was " + correlation);
        }
        if (!(imbalance >= 1) || Double.isInfinite(imbalance)) {
            throw new IllegalArgumentException("imbalance must be a number from 1 on, but was " + imbalance);
        }
    }

    /** The states of so many steps. */
    int[] walk(int steps, SplittableRandom random) {
        double[] cumulative = cumulativeShares();
        int[] walk = new int[steps];
        for (int step = 0; step < steps; step++) {
            if (correlation == 1) {
                walk[step] = at(cumulative, (step + 0.5) / steps);
            } else if (step == 0 || correlation <= 1.0 / states) {
                walk[step] = at(cumulative, random.nextDouble());
            } else {
                walk[step] = next(walk[step - 1], random);
            }
        }
        return walk;
    }

    private int next(int state, SplittableRandom random) {
        if (states == 1 || random.nextDouble() < 1 - (1 - correlation) / weight(state)) {
            return state;
        }
        int other = random.nextInt(states - 1);
        return other < state ? other : other + 1;
    }

    /** The share of a state, over that of state 0. */
    private double weight(int state) {
        return states == 1 ? 1 : StrictMath.pow(imbalance, -state / (states - 1.0));
    }

    private double[] cumulativeShares() {
        double[] cumulative = new double[states];
        double sum = 0;
        for (int state = 0; state < states; state++) {
            sum += weight(state);
            cumulative[state] = sum;
        }
        for (int state = 0; state < states; state++) {
            cumulative[state] /= sum;
        }
        return cumulative;
    }

    private static int at(double[] cumulative, double quantile) {
        int state = 0;
        while (state < cumulative.length - 1 && quantile >= cumulative[state]) {
            state++;
        }
        return state;
    }
}
