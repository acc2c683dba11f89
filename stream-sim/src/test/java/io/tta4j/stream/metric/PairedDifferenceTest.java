package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class PairedDifferenceTest {

    /** The quantile of the normal distribution that leaves 2.5 % above it. */
    private static final double NORMAL = 1.96;

    /** Its blocks are of 20 answers. */
    private static final int SIZE = 8000;

    private static Hits hits(int size, IntPredicate right) {
        Hits.Builder builder = new Hits.Builder();
        for (int i = 0; i < size; i++) {
            builder.add(right.test(i));
        }
        return builder.build();
    }

    @Test
    void aDifferenceThatIsEverywhereIsCertain() {
        assertThat(PairedDifference.of(hits(50, i -> true), hits(50, i -> false)))
                .isEqualTo(new PairedDifference(100, 100, 100));
    }

    @Test
    void aDifferenceThatCancelsInEveryBlockIsCertainToo() {
        // Blocks of ten: five answers better, five worse, wherever they begin.
        assertThat(PairedDifference.of(hits(1000, i -> i % 2 == 0), hits(1000, i -> i % 2 == 1)))
                .isEqualTo(new PairedDifference(0, 0, 0));
    }

    @Test
    void independentDifferencesHaveTheIntervalOfTheirMean() {
        Random random = new Random(1);
        boolean[] better = new boolean[SIZE];
        for (int i = 0; i < SIZE; i++) {
            better[i] = random.nextDouble() < 0.2;
        }

        PairedDifference difference = PairedDifference.of(hits(SIZE, i -> better[i]), hits(SIZE, i -> false));

        // Of a binomial share p: the deviation is sqrt(p (1 - p) / n).
        double share = difference.points() / 100;
        double half = 100 * NORMAL * Math.sqrt(share * (1 - share) / SIZE);
        assertThat((difference.high() - difference.low()) / 2).isCloseTo(half, Percentage.withPercentage(10));
        assertThat((difference.high() + difference.low()) / 2).isCloseTo(difference.points(), within(half / 5));
    }

    @Test
    void differencesThatComeInRunsHaveAWiderInterval() {
        Random random = new Random(2);
        boolean[] better = new boolean[SIZE / 20];
        for (int run = 0; run < better.length; run++) {
            better[run] = random.nextDouble() < 0.5;
        }

        PairedDifference difference =
                PairedDifference.of(hits(SIZE, i -> better[i / 20]), hits(SIZE, i -> !better[i / 20]));

        // Runs of b = 20 equal differences of variance s^2, and blocks as long that begin anywhere: a block holds k of
        // one
        // run and b - k of the next, and E[k^2 + (b - k)^2] = 2 b^2 / 3. Of n / b blocks the mean deviates by
        // s sqrt(2 b / (3 n)); that of independent differences would by s sqrt(1 / n), 3.65 times less.
        double half = 100 * NORMAL * Math.sqrt(2 * 20.0 / (3 * SIZE));
        assertThat((difference.high() - difference.low()) / 2).isCloseTo(half, Percentage.withPercentage(10));
    }

    @Test
    void streamsCountTheSame() {
        PairedDifference difference = PairedDifference.mean(List.of(
                new PairedDifference.Pair(hits(100, i -> true), hits(100, i -> false)),
                new PairedDifference.Pair(hits(10, i -> false), hits(10, i -> false))));

        assertThat(difference).isEqualTo(new PairedDifference(50, 50, 50));
    }

    @Test
    void theSameAnswersHaveTheSameInterval() {
        Hits some = hits(300, i -> i % 7 < 3);
        Hits others = hits(300, i -> i % 5 < 2);

        assertThat(PairedDifference.of(some, others)).isEqualTo(PairedDifference.of(some, others));
    }

    @Test
    void refusesWhatIsNoPair() {
        assertThatThrownBy(() -> PairedDifference.of(Hits.of(true), Hits.of(true, false)))
                .hasMessage("paired hits must be of equally many answers, but were of 1 and 2");
        assertThatThrownBy(() -> PairedDifference.of(Hits.of(), Hits.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
