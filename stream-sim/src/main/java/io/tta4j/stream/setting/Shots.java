package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * K labelled images a novel class, drawn from those there are.
 *
 * @param labels of the support images
 * @param perClass K
 */
public record Shots(List<Integer> labels, int perClass) {

    /** @throws IllegalArgumentException if K is below 1 */
    public Shots {
        if (perClass < 1) {
            throw new IllegalArgumentException("shots must be at least 1, but was " + perClass);
        }
        labels = List.copyOf(labels);
    }

    /** As the record, from labels as they are read. */
    public static Shots of(int[] labels, int perClass) {
        return new Shots(Arrays.stream(labels).boxed().toList(), perClass);
    }

    /**
     * Draws the supports of a class, without replacement. From one seed, those for a smaller K are the first of those
     * for a larger one.
     *
     * @throws IllegalArgumentException if the class has fewer than K images
     */
    NewClass draw(int label, SplittableRandom random) {
        List<Integer> candidates = new ArrayList<>(IntStream.range(0, labels.size())
                .filter(image -> labels.get(image) == label)
                .boxed()
                .toList());
        if (candidates.size() < perClass) {
            throw new IllegalArgumentException(
                    "shots must be at most the supports of each novel class, but was %d and class %d has %d"
                            .formatted(perClass, label, candidates.size()));
        }
        Shuffle.inPlace(candidates, random);
        return new NewClass(label, candidates.subList(0, perClass));
    }
}
