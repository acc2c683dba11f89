package io.tta4j.stream.data;

/** The order of the axes of a model's input: samples N, channels C, height H, width W. */
public enum Layout {
    NCHW,
    NHWC
}
