package io.tta4j.stream.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * Accuracy along a stream whose answers are scored before they are learned from (Gama, Sebastião and Rodrigues, Machine
 * Learning 90, 2013), in percent.
 *
 * @param window how many answers a sliding window holds
 * @param sliding over the last window of the stream, or over all answers where there are fewer
 * @param worst the least over any window of consecutive answers
 * @param fading over all answers, each weighted {@value #FADING} times as much as the one after it
 */
public record Prequential(int window, double sliding, double worst, double fading) {

    /** MOA's fading factor: an answer counts half after 693 others. */
    public static final double FADING = 0.999;

    /**
     * Measures the answers of a stream.
     *
     * @param window at least 1
     * @throws IllegalArgumentException if the window holds nothing, or there were no answers
     */
    public static Prequential of(Hits hits, int window) {
        if (window < 1) {
            throw new IllegalArgumentException("window must be at least 1, but was " + window);
        }
        if (hits.size() == 0) {
            throw new IllegalArgumentException("hits must be of at least one answer, but were of none");
        }
        int length = Math.min(window, hits.size());
        int right = 0;
        int least = length;
        for (int i = 0; i < hits.size(); i++) {
            right += hits.get(i) ? 1 : 0;
            right -= i >= length && hits.get(i - length) ? 1 : 0;
            least = i >= length - 1 ? Math.min(least, right) : least;
        }
        double fading = fading(hits, List.of(hits.size())).get(0);
        return new Prequential(window, 100.0 * right / length, 100.0 * least / length, fading);
    }

    /**
     * The fading accuracy after some numbers of answers: with L_i 1 for a right one and a the factor, S_i / B_i where
     * S_i = L_i + a S_(i-1) and B_i = 1 + a B_(i-1).
     *
     * @param ends numbers of answers, ascending; 0 where none was seen yet gives 0
     */
    public static List<Double> fading(Hits hits, List<Integer> ends) {
        List<Double> accuracies = new ArrayList<>();
        double sum = 0;
        double weight = 0;
        int seen = 0;
        for (int end : ends) {
            for (; seen < end; seen++) {
                sum = (hits.get(seen) ? 1 : 0) + FADING * sum;
                weight = 1 + FADING * weight;
            }
            accuracies.add(weight == 0 ? 0 : 100 * sum / weight);
        }
        return accuracies;
    }
}
