package io.tta4j.djl;

import ai.djl.util.Utils;
import java.util.function.Supplier;

/**
 * Starts what of DJL has not been started yet from what is on the class path or on the disk: DJL would fetch native
 * code that it misses, and report its start, were it not told to be offline for so long.
 */
public final class Offline {

    private static final String PROPERTY = "ai.djl.offline";

    private Offline() {}

    /** Calls what starts it. The property {@code ai.djl.offline} is as before afterwards. Thread-safe. */
    public static synchronized <T> T call(Supplier<T> start) {
        boolean decided = Utils.getenv("DJL_OFFLINE") != null || System.getProperty(PROPERTY) != null;
        if (decided) {
            return start.get();
        }
        System.setProperty(PROPERTY, "true");
        try {
            return start.get();
        } finally {
            System.clearProperty(PROPERTY);
        }
    }
}
