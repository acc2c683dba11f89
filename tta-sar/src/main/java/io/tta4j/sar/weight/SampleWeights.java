package io.tta4j.sar.weight;

import io.tta4j.sar.filter.Samples;
import java.util.Arrays;

/**
 * How much each sample counts in a mean over the reliable ones. The weights are constants: no gradient goes through
 * them. Implementations are immutable and safe for use by many threads.
 */
@FunctionalInterface
public interface SampleWeights {

    /**
     * The weight of each of the given rows.
     *
     * @param rows those that the mean is taken over, ascending
     * @return as many finite values
     */
    double[] on(Samples samples, int... rows);

    /** 1 for every sample. */
    static SampleWeights equal() {
        return (samples, rows) -> {
            double[] ones = new double[rows.length];
            Arrays.fill(ones, 1);
            return ones;
        };
    }
}
