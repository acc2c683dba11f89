package io.tta4j.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In a time that passes where someone waits or works, and nowhere else. */
class PaceTest {

    private static final long PATIENCE = 1000;

    private long now = 5;
    private boolean held;
    private boolean hurried;
    private Runnable whileWaiting = () -> {};

    private final InFlight requests = new InFlight();
    private final Ticker ticker = new Ticker() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void park(long nanos) {
            now += nanos;
            whileWaiting.run();
        }
    };

    private Pace share(double share) {
        return pace(share, Double.POSITIVE_INFINITY);
    }

    private Pace pace(double share, double samplesPerSecond) {
        return new Pace(
                ticker,
                requests,
                share,
                samplesPerSecond,
                PATIENCE,
                new SliceSize(OptionalInt.of(1)),
                () -> held,
                () -> hurried);
    }

    /** When a run of so long begins. */
    private long begin(Pace pace, long duration) {
        return pace.pass(1, () -> {
            long begun = now;
            now += duration;
            return begun;
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5, 1})
    void takesItsShareOfTheTime(double share) {
        Pace pace = share(share);
        long start = begin(pace, 100);
        for (int run = 1; run <= 20; run++) {
            assertThat(begin(pace, 100)).isEqualTo(start + Math.round(run * 100 / share));
        }
        assertThat(pace.waited()).isEqualTo(Math.round(20 * (100 / share - 100)));
    }

    @Test
    void doesNotSaveUpWhatItDidNotTake() {
        Pace pace = share(0.25);
        long start = begin(pace, 100);
        now += 10_000;
        assertThat(begin(pace, 100)).isEqualTo(start + 10_100);
        assertThat(begin(pace, 100)).isEqualTo(start + 10_500);
    }

    @Test
    void letsRequestsGoFirst() {
        Pace pace = share(1);
        requests.enter();
        whileWaiting = () -> {
            now -= PATIENCE - 300;
            requests.leave();
        };
        assertThat(begin(pace, 100)).isEqualTo(305);
    }

    @Test
    void goesFirstWhenItsPatienceEnds() {
        Pace pace = share(0.5);
        requests.enter();
        long start = begin(pace, 100);
        assertThat(start).isEqualTo(5 + PATIENCE);
        assertThat(begin(pace, 100)).isEqualTo(start + 200 + PATIENCE);
    }

    @Test
    void doesNotLookAtTheBudgetWhereSomeoneWaits() {
        Pace pace = share(0.1);
        held = true;
        hurried = true;
        long start = begin(pace, 100);
        assertThat(begin(pace, 100)).isEqualTo(start + 100);
    }

    @Test
    void waitsWhileItIsHeld() {
        Pace pace = share(1);
        held = true;
        whileWaiting = () -> {
            now = 777;
            held = false;
        };
        assertThat(begin(pace, 100)).isEqualTo(777);
    }

    @Test
    void givesUpWhileItWaits() {
        Pace pace = share(0.25);
        boolean[] over = {false};
        pace.begin(1, () -> over[0]);
        begin(pace, 100);
        whileWaiting = () -> over[0] = true;
        assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> begin(pace, 100));
    }

    @Test
    void countsSamples() {
        Pace pace = pace(1, 200);
        assertThat(pace.untilNextBatch()).isZero();
        pace.begin(64, () -> false);
        assertThat(pace.untilNextBatch()).isEqualTo(320_000_000);
        now += 320_000_000;
        pace.begin(10, () -> false);
        assertThat(pace.untilNextBatch()).isEqualTo(50_000_000);
    }

    @Test
    void cutsSlicesThatTakeAQuarterOfARequest() {
        SliceSize size = new SliceSize(OptionalInt.empty());
        assertThat(size.rows()).isEqualTo(1);
        for (int i = 0; i < 16; i++) {
            size.request(4000);
        }
        // A run costs 20 and 40 a row: 24 rows take 980.
        for (int step = 0; step < 10; step++) {
            int rows = size.rows();
            for (int i = 0; i < 16; i++) {
                size.slice(rows, 20 + 40L * rows);
            }
            assertThat(20 + 40L * size.rows()).isLessThanOrEqualTo(1000);
        }
        assertThat(size.rows()).isEqualTo(24);
        for (int i = 0; i < 16; i++) {
            size.request(90);
        }
        assertThat(size.rows()).isEqualTo(1);
    }

    @Test
    void keepsAFixedSize() {
        SliceSize size = new SliceSize(OptionalInt.of(5));
        size.request(1);
        size.slice(5, 1000);
        assertThat(size.rows()).isEqualTo(5);
    }

    /** One run in sixteen that takes a thousand times as long, as one that builds its session does. */
    @Test
    void isNotMisledByOneLongRun() {
        Recent recent = new Recent();
        assertThat(recent.quantile(0.5)).isZero();
        recent.add(1_000_000);
        for (int i = 0; i < 3; i++) {
            recent.add(1000);
        }
        assertThat(recent.quantile(0.5)).isEqualTo(1000);
        assertThat(recent.quantile(1)).isEqualTo(1_000_000);
        for (int i = 1; i <= 16; i++) {
            recent.add(i);
        }
        assertThat(recent.quantile(0.25)).isEqualTo(4);
    }
}
