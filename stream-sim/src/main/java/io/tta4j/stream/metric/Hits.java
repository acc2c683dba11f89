package io.tta4j.stream.metric;

import java.util.Base64;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Which answers of a stream were right, in the order they were given: one bit an answer. Immutable. */
public final class Hits {

    private final BitSet right;
    private final int size;

    private Hits(BitSet right, int size) {
        this.right = right;
        this.size = size;
    }

    /** Collects answers as they come. Not safe for use by many threads. */
    public static final class Builder {

        private final BitSet right = new BitSet();
        private int size;

        /** Adds the next answer. */
        public void add(boolean hit) {
            right.set(size++, hit);
        }

        /** Those added so far. */
        public Hits build() {
            return new Hits((BitSet) right.clone(), size);
        }
    }

    /** Of answers that are known already. */
    public static Hits of(boolean... hits) {
        Builder builder = new Builder();
        for (boolean hit : hits) {
            builder.add(hit);
        }
        return builder.build();
    }

    /**
     * Reads what {@link #toBase64} wrote.
     *
     * @param size how many answers there were
     * @throws IllegalArgumentException if the text is not Base64 of that many bits
     */
    public static Hits ofBase64(String text, int size) {
        BitSet right = BitSet.valueOf(Base64.getDecoder().decode(text));
        if (size < 0 || right.length() > size) {
            throw new IllegalArgumentException(
                    "hits must be bits of %d answers, but were %d".formatted(size, right.length()));
        }
        return new Hits(right, size);
    }

    /**
     * The bits in Base64: answer i is bit i mod 8, from the lowest on, of byte i / 8. Bytes of nothing but zeros are
     * left out at the end.
     */
    public String toBase64() {
        return Base64.getEncoder().encodeToString(right.toByteArray());
    }

    /** How many answers there were. */
    public int size() {
        return size;
    }

    /** Whether answer {@code index}, 0..size-1, was right. */
    public boolean get(int index) {
        return right.get(index);
    }

    /** How many were right. */
    public int count() {
        return right.cardinality();
    }

    /** All answers together. */
    public Accuracy accuracy() {
        return new Accuracy(size, count());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Hits that && size == that.size && right.equals(that.right);
    }

    @Override
    public int hashCode() {
        return 31 * size + right.hashCode();
    }

    @Override
    public String toString() {
        return "Hits[%d of %d]".formatted(count(), size);
    }
}
