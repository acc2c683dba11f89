package io.tta4j.stream.setting;

import java.util.List;
import java.util.SplittableRandom;

/** As the files have them. */
record Stored() implements PassOrder {

    @Override
    public List<Position> pass(List<Position> pool, int[] labels, SplittableRandom random) {
        return pool;
    }

    @Override
    public String description() {
        return "images as stored";
    }
}
