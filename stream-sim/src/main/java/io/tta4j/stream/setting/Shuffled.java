package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Each pass in an order of its own. */
record Shuffled() implements PassOrder {

    @Override
    public List<Position> pass(List<Position> pool, int[] labels, SplittableRandom random) {
        List<Position> order = new ArrayList<>(pool);
        Shuffle.inPlace(order, random);
        return order;
    }

    @Override
    public String description() {
        return "images shuffled";
    }
}
