package io.tta4j.onnx.graph;

/**
 * Where a tensor carries the samples: an axis of extent {@code repeats * N}.
 *
 * @param axis which axis
 * @param repeats how many entries of the axis belong to a sample
 * @param samplesOuter whether a sample's entries lie together: the axis reads (N, repeats), else (repeats, N)
 */
public record BatchAxis(int axis, int repeats, boolean samplesOuter) {}
