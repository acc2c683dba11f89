package io.tta4j;

import io.tta4j.event.RuntimeEvent;
import io.tta4j.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * A process that serves streams in the background for ever: to be killed. Each request has one row, a one, which
 * {@link RowModel.Summing} adds to theta. On its output are lines {@code offered <k>} before each request,
 * {@code learned <k> <rows>} with all rows that are in the published state, and {@code saved <k>}.
 */
final class StreamsProcess {

    static final int KEYS = 10;

    private static final int THREADS = 2;

    private StreamsProcess() {}

    /** The first is the model's own, which never leaves memory. */
    static String key(int k) {
        return k == 0 ? "" : "stream " + k;
    }

    private static int number(String key) {
        return key.isEmpty() ? 0 : Integer.parseInt(key.substring("stream ".length()));
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        RuntimeConfig config = RuntimeConfig.custom()
                .execution(Execution.BACKGROUND)
                .adaptationBatch(4)
                .greatestAge(Duration.ofMillis(20))
                .budget(Budget.share(1))
                .patience(Duration.ofMillis(1))
                // Room for a third of them, so that they leave and come back all the time.
                .streamBytes(KEYS / 3 * 1500L)
                .saveInterval(Duration.ofMillis(20))
                .build();
        AdaptiveModel adaptive = AdaptiveModel.builder(new RowModel(), new RowModel.Summing())
                .config(config)
                .store(SnapshotDirectory.open(Path.of(arguments[0])))
                .build();
        adaptive.events()
                .on(
                        RuntimeEvent.Adapted.class,
                        event -> out.println(
                                "learned " + number(event.stream()) + " " + (long) event.distanceToSource()));
        adaptive.events().on(RuntimeEvent.Saved.class, event -> out.println("saved " + number(event.stream())));
        adaptive.events().on(RuntimeEvent.StoreFailed.class, event -> out.println("failed " + event));
        for (int t = 0; t < THREADS; t++) {
            Random random = new Random(Long.parseLong(arguments[1]) + t);
            new Thread(() -> {
                        while (true) {
                            int k = random.nextInt(KEYS);
                            out.println("offered " + k);
                            adaptive.stream(key(k)).predict(RowModel.batch(1));
                        }
                    })
                    .start();
        }
    }
}
