package io.tta4j.stream.metric;

import java.util.List;

/**
 * How far a model's probabilities can be trusted: softmax of its logits, p_k for class k, y the true class.
 *
 * @param ece the expected calibration error in percent, over {@value #BINS} bins of equal width: the mean over samples
 *     of |accuracy - mean confidence| of the sample's bin, the confidence being max_k p_k (Naeini et al., AAAI 2015;
 *     Guo et al., ICML 2017)
 * @param brier the mean of sum_k (p_k - [k = y])^2, 0..2 (Brier, 1950)
 * @param nll the mean of -ln p_y, in nats
 * @param bins those of the error, the lowest confidence first
 */
public record Calibration(double ece, double brier, double nll, List<Bin> bins) {

    /** How many bins confidences go into; bin m holds those in (m / 15, (m + 1) / 15]. */
    public static final int BINS = 15;

    /**
     * One bin.
     *
     * @param accuracy of its samples
     * @param confidence their mean confidence, 0..1; 0 where there are none
     */
    public record Bin(Accuracy accuracy, double confidence) {}

    public Calibration {
        bins = List.copyOf(bins);
    }
}
