package io.tta4j.slice;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Counts the requests that are being answered. Requests wait for nothing here; others may wait for them. */
public final class InFlight {

    private final AtomicInteger requests = new AtomicInteger();
    private final List<Thread> waiting = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A request comes in.
     *
     * @throws IllegalStateException if no more are taken
     */
    public void enter() {
        requests.incrementAndGet();
        if (closed.get()) {
            leave();
            throw new IllegalStateException("the adaptive model must be open, but was closed");
        }
    }

    /** A request is answered. */
    public void leave() {
        if (requests.decrementAndGet() == 0) {
            for (Thread thread : waiting) {
                LockSupport.unpark(thread);
            }
        }
    }

    boolean isNone() {
        return requests.get() == 0;
    }

    /** Waits until none is there, for so long at most; may return earlier. */
    void park(Ticker ticker, long nanos) {
        waiting.add(Thread.currentThread());
        try {
            if (!isNone()) {
                ticker.park(nanos);
            }
        } finally {
            waiting.remove(Thread.currentThread());
        }
    }

    /** No more are taken. Returns when those that are there are answered; true the first time. */
    public boolean close() {
        boolean first = closed.compareAndSet(false, true);
        boolean interrupted = false;
        while (!isNone()) {
            park(Ticker.SYSTEM, Long.MAX_VALUE);
            // Nobody parks while interrupted.
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return first;
    }
}
