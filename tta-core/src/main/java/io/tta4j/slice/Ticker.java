package io.tta4j.slice;

import java.util.concurrent.locks.LockSupport;

/** Time as the runtime sees it: what it is, and how to let it pass. */
public interface Ticker {

    /** The machine's. */
    Ticker SYSTEM = new Ticker() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
            LockSupport.parkNanos(this, nanos);
        }
    };

    /** Nanoseconds since some instant. */
    long nanos();

    /** Waits for so long at most; may return earlier, and does if the thread is unparked. */
    void park(long nanos);
}
