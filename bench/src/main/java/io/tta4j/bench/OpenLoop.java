package io.tta4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Clients that ask when it is time to, whether or not they were answered: latencies count from when a request was due,
 * so that those behind a slow one are not left out.
 */
final class OpenLoop implements AutoCloseable {

    private static final long HIGHEST_NANOS = 60_000_000_000L;
    private static final int DIGITS = 3;

    private final int clients;
    private final ExecutorService threads;

    OpenLoop(int clients) {
        this.clients = clients;
        this.threads = Executors.newFixedThreadPool(clients);
    }

    /** Answers the request of a number. */
    @FunctionalInterface
    interface Service {
        void answer(long request) throws Exception;
    }

    /** When requests are due. */
    enum Arrivals {
        /** As far apart as the rate says. */
        CONSTANT,
        /** Independent of each other. */
        POISSON;

        /** Due times of so many requests, in nanoseconds from the start. */
        long[] due(int requests, double perSecond, long seed) {
            Random random = new Random(seed);
            long[] due = new long[requests];
            double now = 0;
            for (int i = 0; i < requests; i++) {
                now += (this == CONSTANT ? 1 : -Math.log(1 - random.nextDouble())) * 1e9 / perSecond;
                due[i] = (long) now;
            }
            return due;
        }
    }

    /** Latencies in nanoseconds of requests that are due at these times. */
    Histogram run(Service service, long... due) throws InterruptedException, ExecutionException {
        Histogram latencies = new ConcurrentHistogram(HIGHEST_NANOS, DIGITS);
        AtomicLong next = new AtomicLong();
        long start = System.nanoTime();
        join(() -> {
            for (long i = next.getAndIncrement(); i < due.length; i = next.getAndIncrement()) {
                long at = start + due[(int) i];
                for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                service.answer(i);
                latencies.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - at));
            }
        });
        return latencies;
    }

    /** Requests a second where each client asks again as soon as it is answered. */
    double throughput(Service service, double seconds) throws InterruptedException, ExecutionException {
        AtomicLong answered = new AtomicLong();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        join(() -> {
            while (System.nanoTime() < end) {
                service.answer(answered.getAndIncrement());
            }
        });
        return answered.get() / ((System.nanoTime() - start) * 1e-9);
    }

    @FunctionalInterface
    private interface Client {
        void run() throws Exception;
    }

    private void join(Client client) throws InterruptedException, ExecutionException {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            running.add(threads.submit(() -> {
                client.run();
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
