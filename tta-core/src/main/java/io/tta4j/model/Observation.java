package io.tta4j.model;

/**
 * What came of {@linkplain AdaptableModel#observe observing} a batch.
 *
 * @param pass the answer, under the moments that the batch has moved; to be closed by the caller
 * @param moments these moments
 */
public record Observation(Pass pass, Moments moments) {}
