package io.tta4j.cache;

import java.util.concurrent.atomic.AtomicLong;

/** The memory of those who had to leave and could not be written, within a bound. Thread-safe, without a lock. */
final class StrandedBytes {

    private final long most;
    private final AtomicLong bytes = new AtomicLong();

    StrandedBytes(long most) {
        this.most = most;
    }

    /** Takes so many bytes if there is room for them. */
    boolean take(long wanted) {
        if (bytes.addAndGet(wanted) <= most) {
            return true;
        }
        give(wanted);
        return false;
    }

    void give(long taken) {
        bytes.addAndGet(-taken);
    }
}
