package io.tta4j.sar.filter;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Decides which samples of a batch are worth learning from. Implementations are immutable and safe for use by many
 * threads.
 *
 * <p>A sample whose entropy or gradient norm is NaN passes no filter but {@link #all()}.
 */
@FunctionalInterface
public interface SampleFilter {

    /** Which rows of the batch pass. */
    IntPredicate on(Samples samples);

    /**
     * The conjunction: a sample must pass both. Each filter sees the whole batch, so the order decides nothing but the
     * cost: the other filter is asked only if some sample passes this one.
     */
    default SampleFilter and(SampleFilter other) {
        return samples -> {
            IntPredicate kept = on(samples);
            boolean none = IntStream.range(0, samples.size()).noneMatch(kept);
            return none ? kept : kept.and(other.on(samples));
        };
    }

    /** Every sample. */
    static SampleFilter all() {
        return samples -> row -> true;
    }

    /** Every sample whose logits are finite. */
    static SampleFilter finite() {
        return samples -> row -> !Double.isNaN(samples.entropy(row));
    }
}
