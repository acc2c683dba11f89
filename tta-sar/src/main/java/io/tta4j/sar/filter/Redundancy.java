package io.tta4j.sar.filter;

import java.util.function.IntPredicate;

/**
 * Keeps samples that are unlike what was predicted lately: the cosine between their probabilities and the moving
 * average of predictions must be below a limit (EATA, Niu et al., ICML 2022, equation 5).
 *
 * @param average the moving average
 * @param limit epsilon
 */
public record Redundancy(PredictionAverage average, double limit) implements SampleFilter {

    @Override
    public IntPredicate on(Samples samples) {
        return row -> average.cosine(samples.probabilities(row)) < limit;
    }
}
