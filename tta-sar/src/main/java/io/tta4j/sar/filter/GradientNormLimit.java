package io.tta4j.sar.filter;

import java.util.function.IntPredicate;

/**
 * Keeps samples whose own entropy gradient is not large: {@code ||grad H_i|| <= limit}. SAR (section 4) approximates
 * this by the entropy; here the norm is exact.
 *
 * @param limit the largest norm that passes, over the parameters that adapt
 */
public record GradientNormLimit(double limit) implements SampleFilter {

    @Override
    public IntPredicate on(Samples samples) {
        return row -> samples.gradientNorm(row) <= limit;
    }
}
