package io.tta4j.sar.filter;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Keeps samples whose own entropy gradient is not large for its batch: {@code ||grad H_i||} at most the q-quantile of
 * the norms of all samples of the batch, whether other filters keep those or not.
 *
 * <p>The quantile interpolates linearly between order statistics, as {@code numpy.quantile} and {@code torch.quantile}
 * do. Norms that are NaN neither count nor pass.
 *
 * @param q in (0, 1]; at 1 every sample passes
 */
public record GradientNormQuantile(double q) implements SampleFilter {

    @Override
    public IntPredicate on(Samples samples) {
        double[] sorted = IntStream.range(0, samples.size())
                .mapToDouble(samples::gradientNorm)
                .filter(norm -> !Double.isNaN(norm))
                .sorted()
                .toArray();
        return new GradientNormLimit(quantile(sorted)).on(samples);
    }

    private double quantile(double[] sorted) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double position = q * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        double fraction = position - below;
        // Not below + fraction * (above - below): the ends must come out exact, or the sample there would not pass.
        return fraction == 0 ? sorted[below] : (1 - fraction) * sorted[below] + fraction * sorted[above];
    }
}
