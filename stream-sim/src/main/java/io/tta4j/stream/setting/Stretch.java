package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a stream whose images come from the same domains.
 *
 * @param sets the indices of the domains; at least one
 * @param images how many images come, at least 1; as many as there are under all of these is one pass
 */
public record Stretch(List<Integer> sets, int images) {

    /** @throws IllegalArgumentException if there is no domain or no image */
    public Stretch {
        sets = List.copyOf(sets);
        if (sets.isEmpty() || images < 1) {
            throw new IllegalArgumentException(
                    "a stretch must have at least one domain and one image, but had %s and %d".formatted(sets, images));
        }
    }

    /** A stretch under one domain. */
    public static Stretch of(int set, int images) {
        return new Stretch(List.of(set), images);
    }

    /** All images of the domains, domain by domain. */
    List<Position> pool(int imagesPerSet) {
        List<Position> pool = new ArrayList<>(sets.size() * imagesPerSet);
        for (int set : sets) {
            for (int image = 0; image < imagesPerSet; image++) {
                pool.add(new Position(set, image));
            }
        }
        return pool;
    }
}
