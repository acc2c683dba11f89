package io.tta4j.stream.scaling;

import io.tta4j.model.Matrix;

/**
 * How much answers tell of their inputs: the mutual information between a sample and its predicted class, the entropy
 * of the mean probabilities less the mean entropy of the probabilities, in nats. It is small where answers are unsure,
 * and where they are sure and all the same.
 */
final class Information {

    private final double[] probabilities;
    private double entropies;
    private int samples;

    Information(int classes) {
        this.probabilities = new double[classes];
    }

    /** Adds the answers of a batch. */
    void add(Matrix logits) {
        for (int row = 0; row < logits.rows(); row++) {
            double[] answer = softmax(logits, row);
            for (int c = 0; c < answer.length; c++) {
                probabilities[c] += answer[c];
                entropies += term(answer[c]);
            }
            samples++;
        }
    }

    /** In 0..ln C; 0 before the first answer, and where one is not finite. */
    double nats() {
        double marginal = 0;
        for (double sum : probabilities) {
            marginal += term(sum / Math.max(samples, 1));
        }
        double nats = marginal - entropies / Math.max(samples, 1);
        return Double.isFinite(nats) ? nats : 0;
    }

    private static double term(double probability) {
        return probability == 0 ? 0 : -probability * Math.log(probability);
    }

    private static double[] softmax(Matrix logits, int row) {
        double[] answer = new double[logits.columns()];
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < answer.length; c++) {
            largest = Math.max(largest, logits.get(row, c));
        }
        double sum = 0;
        for (int c = 0; c < answer.length; c++) {
            answer[c] = Math.exp(logits.get(row, c) - largest);
            sum += answer[c];
        }
        for (int c = 0; c < answer.length; c++) {
            answer[c] /= sum;
        }
        return answer;
    }
}
