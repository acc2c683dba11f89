package io.tta4j.stream.replay;

import io.tta4j.method.Answer;
import io.tta4j.model.Matrix;
import java.util.LinkedHashMap;
import java.util.Map;

/** How unknown the samples of an answer look: by the method itself, and by the usual readings of scores and logits. */
final class UnknownScore {

    static final String RECOGNITION = "recognition";
    static final String DISTANCE = "distance";
    static final String SOFTMAX = "softmax";
    static final String ENERGY = "energy";

    private UnknownScore() {}

    /**
     * The scores of one row, by name; larger is more unknown.
     *
     * <p>{@code softmax} is 1 - max_k p_k (Hendrycks and Gimpel, ICLR 2017), {@code energy} -log sum_k exp z_k (Liu et
     * al., NeurIPS 2020), over the model's own classes; {@code distance} is minus the largest of the method's own
     * scores, which for prototypes is a distance to the nearest.
     */
    static Map<String, Double> of(Answer answer, int row) {
        Map<String, Double> scores = new LinkedHashMap<>();
        answer.recognition().ifPresent(recognition -> {
            Matrix known = recognition.scores();
            scores.put(RECOGNITION, (double) recognition.unknown().get(row));
            scores.put(DISTANCE, -(double) known.get(row, known.argmax(row)));
        });
        Matrix logits = answer.logits();
        double largest = logits.get(row, logits.argmax(row));
        double sum = 0;
        for (int k = 0; k < logits.columns(); k++) {
            sum += Math.exp(logits.get(row, k) - largest);
        }
        scores.put(SOFTMAX, 1 - 1 / sum);
        scores.put(ENERGY, -(largest + Math.log(sum)));
        // What has no score looks like nothing that is known.
        scores.replaceAll((name, score) -> score.isNaN() ? Double.POSITIVE_INFINITY : score);
        return scores;
    }
}
