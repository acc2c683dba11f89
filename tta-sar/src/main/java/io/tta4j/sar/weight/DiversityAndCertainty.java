package io.tta4j.sar.weight;

import io.tta4j.sar.filter.PredictionAverage;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.filter.Samples;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Samples count that are unlike what was predicted lately, and for more if the model is sure of them (ROID, Marsden et
 * al., WACV 2024, section 3.3). With p the probabilities of a sample, q their moving average and H the entropy, both
 *
 * <pre>{@code
 * diversity = 1 - cos(q, p)        certainty = -H
 * }</pre>
 *
 * are scaled to 0..1 over the batch. Samples of less than the mean diversity are left out, the others have weight
 * {@code exp(diversity * certainty / temperature)}. The loss is the sum over those, divided by the rows of the whole
 * batch: this is a factor in the weights here, which are for a mean.
 *
 * <p>Where all samples are alike, a batch of one among them, there is no scale (the authors' code divides 0 by 0): all
 * are kept then, at diversity or certainty 0, so at weight 1. Samples with logits that are not finite are left out
 * throughout.
 *
 * @param average q
 * @param temperature above 0
 */
public record DiversityAndCertainty(PredictionAverage average, double temperature)
        implements SampleFilter, SampleWeights {

    @Override
    public IntPredicate on(Samples samples) {
        double[] diversity = diversity(samples);
        double mean = Arrays.stream(diversity)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
        return row -> diversity[row] >= mean;
    }

    @Override
    public double[] on(Samples samples, int... rows) {
        double[] diversity = diversity(samples);
        double[] certainty = scaled(IntStream.range(0, samples.size()).mapToDouble(row -> -samples.entropy(row)));
        double share = (double) rows.length / samples.size();
        return IntStream.of(rows)
                .mapToDouble(row -> share * Math.exp(diversity[row] * certainty[row] / temperature))
                .toArray();
    }

    private double[] diversity(Samples samples) {
        return scaled(
                IntStream.range(0, samples.size()).mapToDouble(row -> 1 - average.cosine(samples.probabilities(row))));
    }

    /** Scaled to 0..1; zeros where all are equal. What is NaN stays so. */
    private static double[] scaled(DoubleStream stream) {
        double[] values = stream.toArray();
        double min = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .min()
                .orElse(0);
        double max = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
        double range = max > min ? max - min : 1;
        return Arrays.stream(values).map(value -> (value - min) / range).toArray();
    }
}
