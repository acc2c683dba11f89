package io.tta4j;

import io.tta4j.model.Batch;

/**
 * A sample that looked like no class that was known.
 *
 * @param request the request that it came with, counted from 1
 * @param row its row there
 * @param sample a copy of its inputs, one row
 * @param score how far it lies from every class; larger is farther
 */
public record UnknownSample(long request, int row, Batch sample, double score) {}
