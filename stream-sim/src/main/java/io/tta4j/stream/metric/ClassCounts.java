package io.tta4j.stream.metric;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How often each class came, by its number. Immutable. */
public final class ClassCounts {

    private final int[] counts;

    private ClassCounts(int[] counts) {
        this.counts = counts;
    }

    /** Of counts by class number. */
    public static ClassCounts of(int... counts) {
        return new ClassCounts(counts.clone());
    }

    /** How many classes there are, those that never came included. */
    public int classes() {
        return counts.length;
    }

    /** How often a class came. */
    public int get(int number) {
        return counts[number];
    }

    /** The counts by class number; a copy. */
    public int[] toArray() {
        return counts.clone();
    }

    /**
     * Both together.
     *
     * @throws IllegalArgumentException if the other is of another number of classes
     */
    public ClassCounts plus(ClassCounts other) {
        if (other.counts.length != counts.length) {
            throw new IllegalArgumentException(
                    "counts must be of %d classes, but were of %d".formatted(counts.length, other.counts.length));
        }
        int[] sums = counts.clone();
        for (int number = 0; number < sums.length; number++) {
            sums[number] += other.counts[number];
        }
        return new ClassCounts(sums);
    }

    /** The Shannon entropy of the classes' shares, in nats: ln C where all come alike, 0 where one or none comes. */
    public double entropy() {
        double total = Arrays.stream(counts).asLongStream().sum();
        double entropy = 0;
        for (int count : counts) {
            if (count > 0) {
                entropy += count / total * Math.log(total / count);
            }
        }
        return entropy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClassCounts that && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "ClassCounts" + Arrays.toString(counts);
    }
}
