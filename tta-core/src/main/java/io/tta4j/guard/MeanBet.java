package io.tta4j.guard;

import io.tta4j.model.Vector;

/**
 * A sequential test of whether the mean of values in 0..1 has risen above a bound m, by betting: who starts with
 * nothing, is given one coin before each value and bets a fixed share of what he has on its being above m, has after
 * value u
 *
 * <pre>{@code
 * M <- (M + 1) (1 + b (u - m) / m)
 * }</pre>
 *
 * <p>As long as each value's mean, given those before, is at most m, no bet wins on average, so that M less the number
 * of values is a supermartingale, and the mean number of values until M reaches c is at least c; the chance of its
 * reaching c within n values is at most n / c (Ville's inequality in the form of Doob's). After a change M grows by a
 * factor a value. The coins are what makes late changes as quick to find as early ones. Here M is the mean over bets of
 * several sizes, since which is best depends on how far the mean will rise.
 *
 * <p>Betting on a bounded mean is Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting",
 * JRSS B 2024; its form for changes, Shiryaev and Roberts', Shin, Ramdas and Rinaldo, "E-detectors: a nonparametric
 * framework for sequential change detection", 2023. On conformal ranks of what is seen it is Volkhonskiy et al.'s
 * "Inductive conformal martingales for change-point detection", COPA 2017, after Vovk.
 *
 * @param bound m, in (0, 1)
 */
record MeanBet(double bound) {

    private static final double[] BETS = {1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 7 / 8.0};

    /** Nothing yet. */
    static Vector nothing() {
        return Vector.zeros(BETS.length);
    }

    /** What each of the players has after a value. */
    void bet(double[] wealth, double value) {
        for (int i = 0; i < BETS.length; i++) {
            wealth[i] = (wealth[i] + 1) * (1 + BETS[i] * (value - bound) / bound);
        }
    }

    /** M: what they have on average. */
    static double wealth(double[] wealth) {
        double sum = 0;
        for (double part : wealth) {
            sum += part;
        }
        return sum / wealth.length;
    }
}
