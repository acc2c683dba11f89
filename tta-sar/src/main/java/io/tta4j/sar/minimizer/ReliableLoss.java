package io.tta4j.sar.minimizer;

import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.filter.SampleFilter;
import io.tta4j.sar.filter.Samples;
import io.tta4j.sar.objective.Objective;
import io.tta4j.sar.weight.SampleWeights;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The mean of an objective over the reliable samples of a batch, each with a weight, as a function of theta: what a
 * minimizer minimises.
 *
 * @param objective the loss of one sample
 * @param filter which samples are reliable at theta: the set S1
 * @param perturbedFilter which of those still are at a perturbed theta: the set S2
 * @param weights how much each of them counts: the loss is {@code mean w_i L_i}
 * @param mask P values: 1 for the parameters that adapt, 0 for the others. Gradients are masked before anything is made
 *     of them, norms included
 * @param samplesIndependent whether a sample's logits depend on that sample alone, so that a pass over S1 needs no
 *     other rows
 */
public record ReliableLoss(
        Objective objective,
        SampleFilter filter,
        SampleFilter perturbedFilter,
        SampleWeights weights,
        Vector mask,
        boolean samplesIndependent) {

    /** Every reliable sample counts alike. */
    public ReliableLoss(
            Objective objective,
            SampleFilter filter,
            SampleFilter perturbedFilter,
            Vector mask,
            boolean samplesIndependent) {
        this(objective, filter, perturbedFilter, SampleWeights.equal(), mask, samplesIndependent);
    }

    /**
     * The loss at the theta of a pass, over S1.
     *
     * @param pass an open pass over the batch
     */
    public Value at(Pass pass) {
        return over(pass, filter, IntStream.range(0, pass.rows()));
    }

    /**
     * The loss at a perturbed theta, over S2.
     *
     * @param pass an open pass over the batch
     * @param theta P values
     * @param reliable S1, not empty
     */
    public Value at(Pass pass, Vector theta, int... reliable) {
        IntStream everything = IntStream.range(0, pass.rows());
        int[] rows = samplesIndependent ? reliable : everything.toArray();
        IntStream candidates = samplesIndependent ? IntStream.range(0, reliable.length) : IntStream.of(reliable);
        try (Pass perturbed = pass.repeat(theta, rows)) {
            return over(perturbed, perturbedFilter, candidates);
        }
    }

    private Value over(Pass pass, SampleFilter kept, IntStream candidates) {
        Samples samples = Samples.of(pass, mask, objective);
        int[] rows = candidates.filter(kept.on(samples)).toArray();
        if (rows.length == 0) {
            return new Value(rows, OptionalDouble.empty(), Vector.zeros(mask.size()));
        }
        double[] shares = weights.on(samples, rows);
        for (int i = 0; i < shares.length; i++) {
            shares[i] *= 1.0 / rows.length;
        }
        Vector gradient =
                pass.pullback(objective.seed(pass.logits(), shares, rows)).times(mask);
        return new Value(rows, OptionalDouble.of(objective.mean(pass.logits(), rows)), gradient);
    }

    /** The loss at one theta: over which samples, how large, and which way it rises. */
    public static final class Value {

        private final int[] rows;
        private final OptionalDouble loss;
        private final Vector gradient;

        private Value(int[] rows, OptionalDouble loss, Vector gradient) {
            this.rows = rows;
            this.loss = loss;
            this.gradient = gradient;
        }

        /** The samples that the mean was taken over: rows of the pass, in ascending order. */
        public int[] rows() {
            return rows.clone();
        }

        /** How many samples the mean was taken over. */
        public int samples() {
            return rows.length;
        }

        /** The mean loss in nats, without weights; empty if there was no sample. */
        public OptionalDouble loss() {
            return loss;
        }

        /**
         * The gradient of the weighted mean loss, P values; zero where the mask is, and everywhere if there was no
         * sample.
         */
        public Vector gradient() {
            return gradient;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Value value
                    && Arrays.equals(rows, value.rows)
                    && loss.equals(value.loss)
                    && gradient.equals(value.gradient);
        }

        @Override
        public int hashCode() {
            return Objects.hash(Arrays.hashCode(rows), loss, gradient);
        }

        /** Descent along this gradient itself. */
        public Descent descent() {
            return new Descent(this, rows.length, loss, gradient);
        }
    }
}
