package io.tta4j.examples.server;

/**
 * An output of a model: float32 [N, columns].
 *
 * @param columns -1 where the model does not say
 */
record OutputSpec(String name, long columns) {}
