package io.tta4j.examples.server;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Lets so many requests in, with so many bytes, and so many of those on the model at a time. */
final class Admission {

    private final Limits limits;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Semaphore workers;

    Admission(Limits limits) {
        this.limits = limits;
        this.workers = new Semaphore(limits.workers(), true);
    }

    /** A request that is in, until it leaves by closing this. By one thread; close once. */
    final class Entry implements AutoCloseable {

        private long size;

        private Entry() {}

        /**
         * The request is about to take more memory.
         *
         * @throws Refusal if there is no room
         */
        void grow(long more) {
            size += more;
            if (bytes.addAndGet(more) > limits.bytesInFlight()) {
                throw full();
            }
        }

        @Override
        public void close() {
            requests.decrementAndGet();
            bytes.addAndGet(-size);
        }
    }

    /**
     * Lets a request in.
     *
     * @param size of its body, or as much as it may become
     * @throws Refusal if there is no room
     */
    Entry enter(long size) {
        int entered = requests.incrementAndGet();
        Entry entry = new Entry();
        try {
            entry.grow(size);
            if (entered > limits.inFlight()) {
                throw full();
            }
            return entry;
        } catch (Refusal e) {
            entry.close();
            throw e;
        }
    }

    private Refusal full() {
        return Refusal.of(
                Refusal.OVERLOADED,
                "at most %d requests of %d bytes together are served at a time; try again",
                limits.inFlight(),
                limits.bytesInFlight());
    }

    /**
     * Waits for the model, which is the caller's until it {@linkplain #rest rests}.
     *
     * @param nanos how long at most
     * @throws Refusal if that was not enough
     */
    void work(long nanos) throws InterruptedException {
        if (!workers.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            throw Refusal.of(
                    Refusal.OVERLOADED,
                    "the model was busy for the %d ms that a request may take; try again",
                    limits.time().toMillis());
        }
    }

    /** Ends what {@link #work} began. */
    void rest() {
        workers.release();
    }

    /** Requests that are in. */
    int inFlight() {
        return requests.get();
    }
}
