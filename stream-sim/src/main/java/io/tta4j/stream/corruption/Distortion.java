package io.tta4j.stream.corruption;

/** What a corruption does at one severity. */
@FunctionalInterface
interface Distortion {

    /** Returns the distorted image, which may be the given one, changed; values are clipped afterwards. */
    UnitImage apply(UnitImage image, Draws draws);
}
