package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Positions by the class of their image. */
final class Classes {

    private Classes() {}

    /** For each class that there is, smallest label first, its positions in the order of the pool. */
    static List<List<Position>> of(List<Position> pool, int[] labels) {
        TreeMap<Integer, List<Position>> classes = new TreeMap<>();
        for (Position position : pool) {
            classes.computeIfAbsent(labels[position.image()], label -> new ArrayList<>())
                    .add(position);
        }
        return new ArrayList<>(classes.values());
    }
}
