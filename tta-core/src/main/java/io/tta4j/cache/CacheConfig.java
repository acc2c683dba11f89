package io.tta4j.cache;

import java.time.Duration;

/**
 * How many streams' states stay in memory, and how long.
 *
 * @param maximumBytes of heap that states take which no request uses; default 64 MiB
 * @param idle how long a stream may have no request before its state leaves memory; default 30 minutes
 */
public record CacheConfig(long maximumBytes, Duration idle) {

    public static final CacheConfig DEFAULTS = new CacheConfig(64L << 20, Duration.ofMinutes(30));

    public CacheConfig {
        if (maximumBytes < 1) {
            throw new IllegalArgumentException("states must have at least 1 byte of memory, but had " + maximumBytes);
        }
        if (idle.isNegative() || idle.isZero()) {
            throw new IllegalArgumentException("the idle time must be longer than nothing, but was " + idle);
        }
    }
}
