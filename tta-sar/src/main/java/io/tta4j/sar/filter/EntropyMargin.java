package io.tta4j.sar.filter;

import java.util.function.IntPredicate;

/**
 * Keeps samples that the model is sure of: {@code H < margin} (SAR, Niu et al., ICLR 2023, section 4).
 *
 * @param margin E0, in nats
 */
public record EntropyMargin(double margin) implements SampleFilter {

    @Override
    public IntPredicate on(Samples samples) {
        return row -> samples.entropy(row) < margin;
    }
}
