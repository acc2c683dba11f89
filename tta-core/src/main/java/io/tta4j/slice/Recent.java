package io.tta4j.slice;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** The latest durations of something. What is rare, such as a run that builds its session, does not show. */
final class Recent {

    private static final int KEPT = 16;

    private final AtomicLongArray nanos = new AtomicLongArray(KEPT);
    private final AtomicLong added = new AtomicLong();

    void add(long duration) {
        nanos.lazySet((int) (added.getAndIncrement() % KEPT), duration);
    }

    boolean isEmpty() {
        return added.get() == 0;
    }

    /** The smallest that a share of them does not exceed; 0 where there is none. */
    long quantile(double share) {
        long[] sorted = new long[(int) Math.min(KEPT, added.get())];
        Arrays.setAll(sorted, nanos::get);
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
