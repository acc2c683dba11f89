package io.tta4j.examples.server;

/**
 * What a request says about adaptation.
 *
 * @param stream the key of the stream that it belongs to; empty for the one without
 */
record Adapting(String stream, TtaMode mode) {}
