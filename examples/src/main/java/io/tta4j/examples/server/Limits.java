package io.tta4j.examples.server;

import java.time.Duration;

/**
 * What a client may ask for. Immutable.
 *
 * @param bodyBytes the largest request body, at most 256 MiB, so that its tensors can be indexed
 * @param bytesInFlight the bodies and tensors of all requests that are being read or answered, together
 * @param rows the largest batch
 * @param keyBytes the longest stream key, in UTF-8
 * @param inFlight infer requests that are read or answered at a time
 * @param workers of those, how many run on the model at a time
 * @param connections that are open at a time
 * @param time from a request's headers to the start of its run on the model; a connection that is silent for as long is
 *     closed
 * @param stopTime what requests in flight are given to end once the server stops
 */
record Limits(
        int bodyBytes,
        long bytesInFlight,
        int rows,
        int keyBytes,
        int inFlight,
        int workers,
        int connections,
        Duration time,
        Duration stopTime) {

    private static final int LARGEST_BODY = 256 << 20;

    Limits {
        requirePositive("the largest body", bodyBytes);
        if (bodyBytes > LARGEST_BODY) {
            throw new IllegalArgumentException(
                    "the largest body must be at most %d, but was %d".formatted(LARGEST_BODY, bodyBytes));
        }
        requirePositive("the bytes in flight", bytesInFlight);
        requirePositive("the largest batch", rows);
        requirePositive("the longest stream key", keyBytes);
        requirePositive("requests in flight", inFlight);
        requirePositive("workers", workers);
        requirePositive("connections", connections);
        requirePositive("milliseconds for a request", time.toMillis());
        requirePositive("milliseconds to stop in", stopTime.toMillis());
    }

    private static void requirePositive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1, but was %d".formatted(what, value));
        }
    }

    /** 16 MiB a body and 256 MiB together, 1024 rows, keys of 256 bytes, 64 requests, a worker a core, 30 seconds. */
    static Limits ofDefaults() {
        return new Limits(
                16 << 20,
                256L << 20,
                1024,
                256,
                64,
                Runtime.getRuntime().availableProcessors(),
                1024,
                Duration.ofSeconds(30),
                Duration.ofSeconds(20));
    }
}
