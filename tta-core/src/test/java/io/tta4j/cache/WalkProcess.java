package io.tta4j.cache;

import io.tta4j.event.Events;
import io.tta4j.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A process that steps streams for ever, and writes them between: to be killed. On its output are lines
 * {@code announced <key> <steps>} before each step, and {@code saved <key> <steps>} for what was there when a write of
 * all that has changed began, once it has ended.
 */
final class WalkProcess {

    static final int KEYS = 12;
    static final int THREADS = 2;

    private WalkProcess() {}

    static String key(int k) {
        return "stream " + k;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        SnapshotDirectory directory = SnapshotDirectory.open(Path.of(arguments[0]));
        StateCache<Walk> cache = new StateCache<>(
                // Room for half of them, so that they leave and come back all the time.
                new CacheConfig(KEYS / 2 * 1500L, Duration.ofHours(1)),
                Walk.FORM,
                Walk.ORIGIN,
                Optional.of(directory),
                Runnable::run,
                System::nanoTime,
                new Events());
        AtomicLongArray published = new AtomicLongArray(KEYS);
        for (int t = 0; t < THREADS; t++) {
            int from = t;
            Random random = new Random(Long.parseLong(arguments[1]) + t);
            Thread thread = new Thread(() -> {
                while (true) {
                    // A stream is one thread's, so that a step is announced before it is taken.
                    int k = from + THREADS * random.nextInt(KEYS / THREADS);
                    try (var lease = cache.acquire(key(k))) {
                        out.println("announced " + k + " " + (lease.stream().steps() + 1));
                        published.set(k, lease.stream().step());
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        while (true) {
            long[] before = new long[KEYS];
            for (int k = 0; k < KEYS; k++) {
                before[k] = published.get(k);
            }
            if (cache.saveDirty() > 0) {
                throw new IllegalStateException("streams could not be saved");
            }
            for (int k = 0; k < KEYS; k++) {
                out.println("saved " + k + " " + before[k]);
            }
        }
    }
}
