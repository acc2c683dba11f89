package io.tta4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Sends requests over so many connections, a thread each. */
final class LoadClient implements AutoCloseable {

    private static final int DIGITS = 3;

    private final ExecutorService threads;
    private final int connections;
    private final List<byte[]> requests;

    LoadClient(int connections, List<byte[]> requests) {
        this.threads = Executors.newFixedThreadPool(connections);
        this.connections = connections;
        this.requests = requests;
    }

    /** What each of the threads does. */
    @FunctionalInterface
    private interface Turn {
        void take(LoadConnection connection) throws IOException;
    }

    private void run(LoadService service, int users, Turn turn) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            running.add(threads.submit(() -> {
                try (LoadConnection connection = service.connect()) {
                    turn.take(connection);
                }
                return null;
            }));
        }
        for (Future<?> one : running) {
            one.get();
        }
    }

    /**
     * Open loop: requests come at random instants of a rate (a Poisson process), whether the server keeps up or not. A
     * latency counts from the instant at which the request was due, so that none is left out while others wait.
     *
     * @param rate requests a second
     * @return latencies in nanoseconds
     */
    Histogram open(LoadService service, double rate, double seconds, long seed) throws Exception {
        Random random = new Random(seed);
        List<Long> due = new ArrayList<>();
        for (double at = 0; at < seconds; at -= Math.log(1 - random.nextDouble()) / rate) {
            due.add((long) (at * 1e9));
        }
        Histogram latencies = new ConcurrentHistogram(DIGITS);
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        run(service, connections, connection -> {
            for (int i = next.getAndIncrement(); i < due.size(); i = next.getAndIncrement()) {
                long instant = start + due.get(i);
                for (long left = instant - System.nanoTime(); left > 0; left = instant - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                connection.exchange(requests.get(i % requests.size()));
                latencies.recordValue(System.nanoTime() - instant);
            }
        });
        return latencies;
    }

    /**
     * Closed loop: so many users, each of whom sends as soon as there is an answer.
     *
     * @return requests a second
     */
    double closed(LoadService service, int users, double seconds) throws Exception {
        AtomicInteger done = new AtomicInteger();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        run(service, users, connection -> {
            for (int i = 0; System.nanoTime() < end; i++) {
                connection.exchange(requests.get(i % requests.size()));
                done.incrementAndGet();
            }
        });
        return done.get() * 1e9 / (System.nanoTime() - start);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
