package io.tta4j.engine;

/**
 * Counts who uses native memory, so that it is freed by the last user and not while somebody still runs on it: native
 * code does not check, and the JVM would die.
 */
public final class Leases {

    private final String name;
    private final Runnable free;
    private int users = 1;
    private boolean closed;

    /**
     * One user, the owner.
     *
     * @param name what is leased, for the message when it is closed
     * @param free frees it; runs once, on the thread of the last user
     */
    public Leases(String name, Runnable free) {
        this.name = name;
        this.free = free;
    }

    /**
     * Adds a user, who must {@link #release}.
     *
     * @throws IllegalStateException if the owner has closed it
     */
    public synchronized void acquire() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
        users++;
    }

    /** Adds a user on behalf of one there is already, which may be after the owner has closed it. */
    public synchronized void share() {
        if (users == 0) {
            throw new IllegalStateException(name + " is freed");
        }
        users++;
    }

    /** Drops a user. */
    public void release() {
        boolean last;
        synchronized (this) {
            last = --users == 0;
        }
        if (last) {
            free.run();
        }
    }

    /** The owner is done: no more users are taken, and what is leased is freed after the last of them. */
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        release();
    }
}
