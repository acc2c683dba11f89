package io.tta4j.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeanBetTest {

    private static final int SEEDS = 2000;

    /** The first value at which the wealth reaches c, up to a last one. */
    private static int found(double bound, double mean, double c, int last, long seed) {
        MeanBet bet = new MeanBet(bound);
        double[] wealth = new double[MeanBet.nothing().size()];
        Random random = new Random(seed);
        for (int i = 1; i <= last; i++) {
            bet.bet(wealth, value(mean, random));
            if (MeanBet.wealth(wealth) >= c) {
                return i;
            }
        }
        return last + 1;
    }

    /** In 0..1 and of that mean: a uniform value, to a power. */
    private static double value(double mean, Random random) {
        return Math.pow(random.nextDouble(), 1 / mean - 1);
    }

    private static int[] found(double bound, double mean, double c, int last) {
        return IntStream.range(0, SEEDS)
                .map(seed -> found(bound, mean, c, last, seed))
                .toArray();
    }

    /** By hand: from 0, values 1 and 0 at m = 1/2 and bets b. */
    @Test
    void betsASharePerPlayer() {
        MeanBet bet = new MeanBet(0.5);
        double[] wealth = new double[5];
        bet.bet(wealth, 1);
        bet.bet(wealth, 0);

        double[] bets = {1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 7 / 8.0};
        double sum = 0;
        for (int i = 0; i < bets.length; i++) {
            double expected = (1 + bets[i] + 1) * (1 - bets[i]);
            assertThat(wealth[i]).isCloseTo(expected, within(1e-12));
            sum += expected;
        }
        assertThat(MeanBet.wealth(wealth)).isCloseTo(sum / 5, within(1e-12));
    }

    /** The bound is n / c for any stream at the bound; 4 standard deviations are allowed for. */
    @ParameterizedTest
    @CsvSource({"0.5, 0.5, 1000, 200", "0.5, 0.5, 10000, 5000", "0.52, 0.52, 10000, 5000", "0.52, 0.5, 10000, 5000"})
    void isWrongNoMoreOftenThanStated(double bound, double mean, double c, int samples) {
        long wrong = Arrays.stream(found(bound, mean, c, samples))
                .filter(at -> at <= samples)
                .count();
        double stated = samples / c;
        assertThat((double) wrong / SEEDS).isLessThanOrEqualTo(stated + 4 * Math.sqrt(stated * (1 - stated) / SEEDS));
    }

    /** The mean time to a false alarm, cut at 10 c, which only makes it shorter. */
    @Test
    void holdsOutForTheRunLength() {
        double c = 500;
        double mean = Arrays.stream(found(0.5, 0.5, c, 5000)).average().orElseThrow();
        assertThat(mean).isGreaterThanOrEqualTo(c);
    }

    /**
     * The wealth of a bet b grows by E log(1 + b (u - m) / m) a value, so that c is reached after some (log c + log 5)
     * / growth; the growth of the best bet, by quadrature.
     */
    @ParameterizedTest
    @CsvSource({"0.6", "0.7", "0.9"})
    void findsARiseAsFastAsItsBestBet(double mean) {
        double bound = 0.52;
        double c = 100_000;
        double best = 0;
        for (double share : new double[] {1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 7 / 8.0}) {
            double growth = IntStream.range(0, 100_000)
                    .mapToDouble(i -> Math.pow((i + 0.5) / 100_000, 1 / mean - 1))
                    .map(u -> Math.log(1 + share * (u - bound) / bound))
                    .average()
                    .orElseThrow();
            best = Math.max(best, growth);
        }
        double delay = Arrays.stream(found(bound, mean, c, 20_000)).average().orElseThrow();
        assertThat(delay).isLessThanOrEqualTo((Math.log(c) + Math.log(5)) / best);
    }

    /** What comes before a change does not make it harder to find. */
    @Test
    void findsALateChangeAsFast() {
        double[] delays = new double[2];
        int[] before = {0, 20_000};
        for (int i = 0; i < 2; i++) {
            double sum = 0;
            for (int seed = 0; seed < 200; seed++) {
                MeanBet bet = new MeanBet(0.52);
                double[] wealth = new double[5];
                Random random = new Random(seed);
                for (int t = 0; t < before[i]; t++) {
                    bet.bet(wealth, value(0.5, random));
                }
                int delay = 0;
                while (MeanBet.wealth(wealth) < 100_000) {
                    bet.bet(wealth, value(0.65, random));
                    delay++;
                }
                sum += delay;
            }
            delays[i] = sum / 200;
        }
        assertThat(delays[1]).isLessThanOrEqualTo(delays[0] * 1.05);
    }
}
