package io.tta4j.sar.filter;

import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.objective.Objective;
import io.tta4j.sar.objective.Softmax;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What sample filters and weights look at: each sample's entropy and probabilities and, computed when first asked for,
 * the norm of its own gradient. Use by one thread at a time, while the pass is open.
 */
public final class Samples {

    private final Pass pass;
    private final Vector mask;
    private final Objective objective;
    private double @Nullable [] entropies;
    private double @Nullable [] gradientNorms;

    private Samples(Pass pass, Vector mask, Objective objective) {
        this.pass = pass;
        this.mask = mask;
        this.objective = objective;
    }

    /**
     * The samples of a pass.
     *
     * @param pass an open pass over N samples
     * @param mask P values: 1 for the parameters that adapt, 0 for the others
     * @param objective what is minimised
     */
    public static Samples of(Pass pass, Vector mask, Objective objective) {
        return new Samples(pass, mask, objective);
    }

    /** The number of samples N. */
    public int size() {
        return pass.rows();
    }

    /** The {@linkplain Objective#entropy entropy} H of one sample in nats; NaN if a logit is not finite. */
    public double entropy(int row) {
        if (entropies == null) {
            Matrix logits = pass.logits();
            entropies =
                    rows().mapToDouble(i -> objective.entropy(logits.row(i))).toArray();
        }
        return entropies[row];
    }

    /** The softmax probabilities of one sample, C values; NaN among them if a logit is not finite. */
    public double[] probabilities(int row) {
        return Softmax.of(pass.logits().row(row));
    }

    /**
     * The Euclidean norm of the gradient of one sample's loss (not of its N-th part) with respect to the parameters
     * that adapt.
     *
     * @throws IllegalStateException if the model's samples are not independent
     */
    public double gradientNorm(int row) {
        if (gradientNorms == null) {
            gradientNorms = norms();
        }
        return gradientNorms[row];
    }

    private double[] norms() {
        Matrix gradients = pass.samplePullback(objective.seed(pass.logits(), 1, rows().toArray()));
        return rows().mapToDouble(i -> Vector.of(gradients.row(i)).times(mask).norm())
                .toArray();
    }

    private IntStream rows() {
        return IntStream.range(0, size());
    }
}
