package io.tta4j.stream.corrupted;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A few threads that share out numbered pieces of work. */
final class Workers implements AutoCloseable {

    private final int threads;
    private final ExecutorService executor;

    Workers(int threads) {
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads);
    }

    /** One piece of work. */
    @FunctionalInterface
    interface Piece {
        void run(int index) throws IOException;
    }

    /**
     * Does the pieces 0..count-1, in any order, and waits for them.
     *
     * @throws IOException what a piece threw; the others are not begun then
     */
    void each(int count, Piece piece) throws IOException {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < Math.min(threads, count); thread++) {
            running.add(executor.submit(() -> {
                try {
                    for (int index = next.getAndIncrement(); index < count; index = next.getAndIncrement()) {
                        piece.run(index);
                    }
                } finally {
                    // After a failure nobody begins another.
                    next.set(count);
                }
                return null;
            }));
        }
        try {
            for (Future<?> future : running) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while images were corrupted");
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof IOException e) {
            return e;
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return new IOException(cause);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
