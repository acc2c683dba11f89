package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;

/** What a corruption does at one severity. */
@FunctionalInterface
interface Distortion {

    /** Returns the distorted image's bytes. */
    byte[] apply(RgbImage image, Draws draws);
}
