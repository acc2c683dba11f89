package io.tta4j.method;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;

/**
 * An answer over more classes than the model was trained on.
 *
 * @param classes the names of all classes: the model's C, then those that were registered, in that order. A class's
 *     place here is its number
 * @param scores shape [N, classes]; the largest of a row is the prediction
 * @param unknown N values: how far each sample lies from every class that is known; larger is farther
 * @param threshold above which a sample is flagged
 */
public record Recognition(List<String> classes, Matrix scores, Vector unknown, double threshold) {

    /** @throws IllegalArgumentException if the shapes do not go together */
    public Recognition {
        classes = List.copyOf(classes);
        if (scores.columns() != classes.size() || scores.rows() != unknown.size()) {
            throw new IllegalArgumentException(
                    "scores must be of shape [%d, %d] for as many unknown scores and classes, but were %s"
                            .formatted(unknown.size(), classes.size(), scores));
        }
    }

    /** The name of a row's class. */
    public String name(int row) {
        return classes.get(scores.argmax(row));
    }

    /** Whether a row is flagged: it looks like none of the classes. */
    public boolean isFlagged(int row) {
        return unknown.get(row) > threshold;
    }
}
