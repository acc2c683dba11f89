package io.tta4j.sar.weight;

import io.tta4j.sar.filter.Samples;
import java.util.stream.IntStream;

/**
 * Surer samples count for more: {@code exp(E0 - H)} (EATA, Niu et al., ICML 2022, equation 3).
 *
 * @param margin E0, in nats
 */
public record Certainty(double margin) implements SampleWeights {

    @Override
    public double[] on(Samples samples, int... rows) {
        return IntStream.of(rows)
                .mapToDouble(row -> Math.exp(margin - samples.entropy(row)))
                .toArray();
    }
}
