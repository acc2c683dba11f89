package io.tta4j.slice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class InFlightTest {

    /** What is to be done at the end is done once. */
    @Test
    void closesForOneOfThoseWhoCloseAtOnce() throws Exception {
        int rounds = 100_000;
        InFlight[] requests = new InFlight[rounds];
        Arrays.setAll(requests, round -> new InFlight());
        AtomicInteger[] arrived = {new AtomicInteger(), new AtomicInteger()};
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Future<boolean[]>> both = new ArrayList<>();
            for (int me = 0; me < 2; me++) {
                AtomicInteger mine = arrived[me];
                AtomicInteger other = arrived[1 - me];
                both.add(pool.submit(() -> {
                    boolean[] first = new boolean[rounds];
                    for (int round = 0; round < rounds; round++) {
                        mine.set(round + 1);
                        while (other.get() <= round) {
                            Thread.onSpinWait();
                        }
                        first[round] = requests[round].close();
                    }
                    return first;
                }));
            }
            boolean[] one = both.get(0).get();
            boolean[] other = both.get(1).get();
            for (int round = 0; round < rounds; round++) {
                assertThat(one[round]).as("round %d", round).isNotEqualTo(other[round]);
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void waitsForRequestsWhenItIsInterrupted() throws Exception {
        InFlight requests = new InFlight();
        requests.enter();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> interrupted = pool.submit(() -> {
                Thread.currentThread().interrupt();
                assertThat(requests.close()).isTrue();
                return Thread.interrupted();
            });
            requests.leave();
            assertThat(interrupted.get()).isTrue();
        } finally {
            pool.shutdown();
        }
    }
}
