package io.tta4j.guard;

import io.tta4j.file.SafeTensors;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A few samples that a state must go on answering well: in the form that requests have, never part of the stream.
 * Immutable in the sense of {@link Batch}.
 */
public final class Canary {

    private static final SafeTensors.Kind KIND = new SafeTensors.Kind("canary set", "tta canary");

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

    /**
     * Samples from a file that {@link #write} or {@code tta canary} has written, answered by the source.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no such file; the message says what is wrong with it
     */
    public static Canary read(Path file) throws IOException {
        SafeTensors tensors = SafeTensors.read(file, KIND);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (String name : tensors.names()) {
            inputs.put(name, tensors.tensor(name));
        }
        try {
            return answeredBySource(Batch.of(inputs));
        } catch (IllegalArgumentException e) {
            throw tensors.wrong("its tensors are no batch: " + e.getMessage(), e);
        }
    }

    /** Writes the samples, without labels, as safetensors: a tensor for each input. The stream stays open. */
    public void write(OutputStream out) throws IOException {
        Map<String, SafeTensors.Entry> inputs = new LinkedHashMap<>();
        batch.inputs().forEach((name, tensor) -> inputs.put(name, SafeTensors.Entry.of(tensor)));
        SafeTensors.write(Map.of(), inputs, out);
    }

    /** The samples. */
    public Batch batch() {
        return batch;
    }

    /** @throws IllegalArgumentException if the model takes other inputs, or has no such classes */
    void requireFits(AdaptableModel model) {
        try {
            batch.requireFits(model.inputs());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the canary set must be what the model takes, but was not: " + e.getMessage(), e);
        }
        for (int label : labels.orElse(new int[0])) {
            if (label < 0 || label >= model.classes()) {
                throw new IllegalArgumentException("the canary set's labels must be in 0..%d, but one was %d"
                        .formatted(model.classes() - 1, label));
            }
        }
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
