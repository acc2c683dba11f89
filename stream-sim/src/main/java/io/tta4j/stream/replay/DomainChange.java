package io.tta4j.stream.replay;

/**
 * Where a stream's domain changes.
 *
 * @param at the index of the first image under it
 * @param domain the corruption from there on
 */
public record DomainChange(int at, String domain) {}
