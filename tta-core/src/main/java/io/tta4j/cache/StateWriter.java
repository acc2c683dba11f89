package io.tta4j.cache;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread that writes states: those who leave memory, and at each interval those who have changed. Where more
 * wait than it may hold, who brings one more writes it himself, so that memory stays bounded.
 */
public final class StateWriter implements Executor, AutoCloseable {

    /** How many may wait unless told otherwise: 64. */
    public static final int DEFAULT_WAITING = 64;

    private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);

    private final ScheduledThreadPoolExecutor thread;
    private final int waiting;

    /**
     * A writer that does nothing yet.
     *
     * @param name of the thread
     * @param waiting how many may wait
     */
    public StateWriter(String name, int waiting) {
        this.waiting = waiting;
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    @Override
    public void execute(Runnable work) {
        if (thread.isShutdown() || thread.getQueue().size() >= waiting) {
            work.run();
        } else {
            thread.execute(work);
        }
    }

    /** Writes all changed states of a cache again and again, with that long in between for those who leave. */
    public void every(Duration interval, StateCache<?> cache) {
        var unused = thread.scheduleWithFixedDelay(
                () -> save(cache), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void save(StateCache<?> cache) {
        try {
            var unused = cache.saveDirty();
        } catch (RuntimeException | Error e) {
            // What is thrown from here ends the repetition, and nobody would know.
            LOG.error("streams could not be saved; they are at the next interval", e);
        }
    }

    /** Ends when all that waits is written. */
    @Override
    public void close() {
        thread.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
