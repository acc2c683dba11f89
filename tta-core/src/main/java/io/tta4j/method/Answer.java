package io.tta4j.method;

import io.tta4j.model.Matrix;

/**
 * What a request gets.
 *
 * @param logits unnormalised class scores, shape [N, C]
 * @param output the model's own output for them, shape [N, C]: probabilities where the model ends in a softmax, else
 *     the logits
 */
public record Answer(Matrix logits, Matrix output) {

    /** The class with the largest logit, per row. */
    public int[] predictions() {
        int[] predictions = new int[logits.rows()];
        for (int row = 0; row < predictions.length; row++) {
            predictions[row] = logits.argmax(row);
        }
        return predictions;
    }
}
