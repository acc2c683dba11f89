package io.tta4j.method;

import io.tta4j.model.Matrix;
import java.util.Optional;

/**
 * What a request gets.
 *
 * @param logits unnormalised class scores, shape [N, C]
 * @param output the model's own output for them, shape [N, C]: probabilities where the model ends in a softmax, else
 *     the logits
 * @param recognition what a {@link ClassLearner} says on top of that, over the model's classes and those it has learned
 */
public record Answer(Matrix logits, Matrix output, Optional<Recognition> recognition) {

    /** An answer over the model's own classes. */
    public Answer(Matrix logits, Matrix output) {
        this(logits, output, Optional.empty());
    }

    /** The class of each row: by the recognition's scores if there are any, or else by the logits. */
    public int[] predictions() {
        Matrix scores = recognition.map(Recognition::scores).orElse(logits);
        int[] predictions = new int[scores.rows()];
        for (int row = 0; row < predictions.length; row++) {
            predictions[row] = scores.argmax(row);
        }
        return predictions;
    }
}
