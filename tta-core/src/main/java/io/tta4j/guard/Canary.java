package io.tta4j.guard;

import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import java.util.Arrays;
import java.util.Optional;

/**
 * A few samples that a state must go on answering well: in the form that requests have, never part of the stream.
 * Immutable in the sense of {@link Batch}.
 */
public final class Canary {

    private final Batch batch;
    private final Optional<int[]> labels;

    private Canary(Batch batch, Optional<int[]> labels) {
        this.batch = batch;
        this.labels = labels;
    }

    /**
     * Samples whose classes are known: what counts is accuracy.
     *
     * @param labels the class of each row, from 0
     * @throws IllegalArgumentException if there are not as many labels as rows
     */
    public static Canary labelled(Batch batch, int... labels) {
        if (labels.length != batch.rows()) {
            throw new IllegalArgumentException("a canary set must have a label for each of its %d rows, but had %d"
                    .formatted(batch.rows(), labels.length));
        }
        return new Canary(batch, Optional.of(labels.clone()));
    }

    /** Samples whose classes are not known: what counts is agreement with the source. */
    public static Canary answeredBySource(Batch batch) {
        return new Canary(batch, Optional.empty());
    }

    /** The samples. */
    public Batch batch() {
        return batch;
    }

    /** What is right: the labels, or what the source answers. */
    int[] answers(Matrix source) {
        return labels.map(int[]::clone).orElseGet(() -> predictions(source));
    }

    /** The share of right answers. */
    static double score(Matrix logits, int... answers) {
        int[] predictions = predictions(logits);
        int right = 0;
        for (int row = 0; row < answers.length; row++) {
            right += predictions[row] == answers[row] ? 1 : 0;
        }
        return (double) right / answers.length;
    }

    private static int[] predictions(Matrix logits) {
        int[] predictions = new int[logits.rows()];
        Arrays.setAll(predictions, logits::argmax);
        return predictions;
    }

    /** Without the samples themselves. */
    @Override
    public String toString() {
        return "Canary[%d rows, %s]"
                .formatted(batch.rows(), labels.isPresent() ? "labelled" : "answered by the source");
    }
}
