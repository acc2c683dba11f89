package io.tta4j.stream.replay;

/**
 * One stream of a replay, which all methods go through side by side from the source state: what can be kept of a replay
 * that did not end.
 *
 * @param setting the setting's name
 * @param seed the setting's
 * @param stream the stream's name
 * @param digest of all that the stream shows: which image under which corruption, their labels, what is registered, and
 *     the batches
 */
public record Cell(String setting, long seed, String stream, String digest) {}
