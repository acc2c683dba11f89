package io.tta4j.stream.setting;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded shuffling. */
final class Shuffle {

    private Shuffle() {}

    /** Puts the elements in an order drawn uniformly from all orders (Fisher and Yates). */
    static void inPlace(List<?> elements, SplittableRandom random) {
        for (int i = elements.size() - 1; i > 0; i--) {
            Collections.swap(elements, i, random.nextInt(i + 1));
        }
    }
}
