package io.tta4j.stream.setting;

/**
 * Which image comes next.
 *
 * @param set the index of the corruption
 * @param image the index of the image under that corruption
 */
public record Position(int set, int image) {}
