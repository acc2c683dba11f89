package io.tta4j.stream.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which samples of a data set take part where not all do: of arrays the first ones; of image files, which come class
 * after class, the first of each class, then the second of each, until there are enough. They keep the set's order.
 */
public final class Selection {

    private final int[] rows;
    private final int[] labels;
    private final boolean isOfFirst;

    private Selection(int[] rows, int[] labels, boolean isOfFirst) {
        this.rows = rows;
        this.labels = labels;
        this.isOfFirst = isOfFirst;
    }

    /**
     * Chooses samples.
     *
     * @param limit how many at most
     */
    public static Selection of(DataSet set, int limit) {
        int count = set.count();
        int[] labels = set.labels();
        if (limit >= count || !set.isOfFiles()) {
            int taken = Math.min(limit, count);
            int[] ofTaken = Arrays.copyOf(labels, Math.min(taken, labels.length));
            return new Selection(IntStream.range(0, taken).toArray(), ofTaken, true);
        }
        int[] rows = inTurn(labels).limit(limit).sorted().toArray();
        return new Selection(rows, Arrays.stream(rows).map(row -> labels[row]).toArray(), false);
    }

    /** All rows: the first of each class, then the second of each. */
    private static IntStream inTurn(int[] labels) {
        Map<Integer, Integer> met = new HashMap<>();
        int[] turns = Arrays.stream(labels)
                .map(label -> met.merge(label, 1, Integer::sum))
                .toArray();
        return IntStream.range(0, labels.length)
                .boxed()
                .sorted(Comparator.comparingInt((Integer row) -> turns[row]).thenComparingInt(row -> labels[row]))
                .mapToInt(Integer::intValue);
    }

    /** Which samples, ascending. */
    public IntStream rows() {
        return IntStream.of(rows);
    }

    /** The class of each; none where the set has no labels. */
    public int[] labels() {
        return labels.clone();
    }

    /**
     * These samples, numbered anew, under one corruption; of arrays all samples, of which these are the first.
     *
     * @param all as the set has opened them; closed with these
     */
    public Samples of(Samples all) {
        return isOfFirst ? all : new SelectedImages((Images) all, rows);
    }

    /** These samples and their classes. */
    public LabelledSamples of(LabelledSamples all) {
        return LabelledSamples.of(of(all.samples()), labels);
    }
}
