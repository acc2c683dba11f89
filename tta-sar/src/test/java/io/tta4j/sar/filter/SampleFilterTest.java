package io.tta4j.sar.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.LayerSelection;
import io.tta4j.sar.LinearModel;
import io.tta4j.sar.objective.SoftmaxEntropy;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two classes, logits (d, 0): entropy falls with d, the gradient norm p q d sqrt(2 + d^2) rises first, then falls. */
class SampleFilterTest {

    private static final double[] D = {0, 1, 2, 3, 5, 8, Float.NaN};

    private final LinearModel model = LinearModel.of(2, "norm");
    private final Vector everything = LayerSelection.all().mask(model.layout());
    private final Pass pass = model.forward(LinearModel.batch(logits()), model.source());
    private final Samples samples = Samples.of(pass, everything, SoftmaxEntropy.INSTANCE);

    private static float[][] logits() {
        return IntStream.range(0, D.length)
                .mapToObj(i -> new float[] {(float) D[i], 0})
                .toArray(float[][]::new);
    }

    @AfterEach
    void close() {
        pass.close();
    }

    private static double entropy(double d) {
        double p = 1 / (1 + Math.exp(-d));
        return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    }

    private static double norm(double d) {
        double p = 1 / (1 + Math.exp(-d));
        return p * (1 - p) * d * Math.sqrt(2 + d * d);
    }

    private int[] kept(SampleFilter filter) {
        return IntStream.range(0, samples.size()).filter(filter.on(samples)).toArray();
    }

    @Test
    void samplesHaveTheEntropiesAndGradientNormsOfTheClosedForm() {
        for (int i = 0; i < D.length - 1; i++) {
            assertThat(samples.entropy(i)).isCloseTo(entropy(D[i]), within(1e-7));
            assertThat(samples.gradientNorm(i)).isCloseTo(norm(D[i]), within(1e-6));
        }
        assertThat(samples.entropy(6)).isNaN();
        assertThat(samples.gradientNorm(6)).isNaN();
    }

    @Test
    void gradientNormsCountSelectedParametersOnly() {
        Samples shiftsOnly = Samples.of(pass, Vector.of(0, 0, 1, 1), SoftmaxEntropy.INSTANCE);

        assertThat(shiftsOnly.gradientNorm(2)).isCloseTo(norm(2) * Math.sqrt(2) / Math.sqrt(6), within(1e-6));
    }

    @Test
    void theMarginKeepsEntropiesBelowItAndNeverNaN() {
        assertThat(kept(new EntropyMargin((entropy(2) + entropy(3)) / 2))).containsExactly(3, 4, 5);
        assertThat(kept(new EntropyMargin(samples.entropy(3))))
                .as("strictly below")
                .containsExactly(4, 5);
        assertThat(kept(new EntropyMargin(0))).isEmpty();
        assertThat(kept(new EntropyMargin(Double.MAX_VALUE))).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void theLimitKeepsNormsUpToIt() {
        assertThat(kept(new GradientNormLimit(samples.gradientNorm(3))))
                .as("at most")
                .contains(3)
                .doesNotContain(2, 6);
        assertThat(kept(new GradientNormLimit(1e-9))).containsExactly(0);
        assertThat(kept(new GradientNormLimit(1e9))).containsExactly(0, 1, 2, 3, 4, 5);
    }

    /**
     * Norms in ascending order belong to samples 0 (0), 5 (0.022), 4 (0.173), 1 (0.341), 3 (0.449), 2 (0.514); sample 6
     * does not count. numpy.quantile puts q at position 5 q.
     */
    @ParameterizedTest
    @CsvSource({
        "1.0, 0 1 2 3 4 5",
        "0.99, 0 1 3 4 5",
        "0.8, 0 1 3 4 5",
        "0.79, 0 1 4 5",
        "0.6, 0 1 4 5",
        "0.5, 0 4 5",
        "0.4, 0 4 5",
        "0.2, 0 5",
        "0.01, 0"
    })
    void theQuantileInterpolatesLikeNumpy(double q, String expected) {
        assertThat(IntStream.of(0, 5, 4, 1, 3, 2).mapToDouble(i -> norm(D[i])).toArray())
                .isSorted();

        assertThat(kept(new GradientNormQuantile(q)))
                .containsExactly(Pattern.compile(" ")
                        .splitAsStream(expected)
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }

    @ParameterizedTest
    @CsvSource({"0.01", "0.5", "1"})
    void aBatchOfOneIsItsOwnQuantile(double q) {
        try (Pass single = pass.repeat(model.source(), 2)) {
            assertThat(new GradientNormQuantile(q)
                            .on(Samples.of(single, everything, SoftmaxEntropy.INSTANCE))
                            .test(0))
                    .isTrue();
        }
    }

    @Test
    void aBatchOfNaNsHasNoQuantile() {
        try (Pass single = pass.repeat(model.source(), 6)) {
            assertThat(new GradientNormQuantile(1)
                            .on(Samples.of(single, everything, SoftmaxEntropy.INSTANCE))
                            .test(0))
                    .isFalse();
        }
    }

    @Test
    void theConjunctionIsTheIntersectionInEitherOrder() {
        SampleFilter margin = new EntropyMargin((entropy(1) + entropy(2)) / 2); // 2 3 4 5
        SampleFilter median = new GradientNormQuantile(0.5); // 0 4 5, over the whole batch
        SampleFilter limit = new GradientNormLimit(0.1); // 0 5

        assertThat(kept(margin.and(median))).containsExactly(4, 5);
        assertThat(kept(median.and(margin))).containsExactly(4, 5);
        assertThat(kept(margin.and(median).and(limit))).containsExactly(5);
        assertThat(kept(SampleFilter.all().and(limit))).containsExactly(kept(limit));
        assertThat(kept(SampleFilter.all())).hasSize(D.length);
    }

    @Test
    void gradientsAreComputedOnceAndOnlyIfSomeSampleIsLeft() {
        kept(new EntropyMargin(0).and(new GradientNormQuantile(0.5)).and(new GradientNormLimit(1)));
        assertThat(model.samplePullbacks).hasValue(0);

        kept(new EntropyMargin(1).and(new GradientNormQuantile(0.5)).and(new GradientNormLimit(1)));
        assertThat(model.samplePullbacks).hasValue(1);
    }
}
