package io.tta4j.metrics;

/**
 * What a cache of streams' states holds and has done so far.
 *
 * @param states in memory
 * @param bytes that they take
 * @param hits states that were there when they were asked for
 * @param misses states that were not
 */
public record CacheFigures(long states, long bytes, long hits, long misses) {}
