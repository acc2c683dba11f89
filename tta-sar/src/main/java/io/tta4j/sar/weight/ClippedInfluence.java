package io.tta4j.sar.weight;

import io.tta4j.sar.filter.Samples;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * No sample moves theta by much more than the others of its batch do: the norm of its own gradient is clipped to a
 * multiple of their median, {@code w_i = min(1, multiple * median ||grad H|| / ||grad H_i||)}. So what a few samples
 * that were made to, or a few damaged ones, can do to a step is bounded; this is the clipping of differentially private
 * descent (Abadi et al., "Deep Learning with Differential Privacy", CCS 2016, algorithm 1) with a bound that follows
 * the batch. Weights are exactly 1 where none is above. Costs a pullback of single gradients.
 *
 * @param multiple greater than 0
 */
public record ClippedInfluence(double multiple) implements SampleWeights {

    @Override
    public double[] on(Samples samples, int... rows) {
        double[] norms = IntStream.of(rows).mapToDouble(samples::gradientNorm).toArray();
        double longest = multiple * median(norms);
        return IntStream.range(0, norms.length)
                .mapToDouble(i -> norms[i] <= longest ? 1 : longest / norms[i])
                .toArray();
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
