package io.tta4j.sar.filter;

import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.objective.Objective;
import io.tta4j.sar.objective.SoftmaxEntropy;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What sample filters look at: each sample's entropy and, computed when first asked for, the norm of its own gradient.
 * Use by one thread at a time, while the pass is open.
 */
public final class Samples {

    private final Pass pass;
    private final Vector mask;
    private double @Nullable [] entropies;
    private double @Nullable [] gradientNorms;

    private Samples(Pass pass, Vector mask) {
        this.pass = pass;
        this.mask = mask;
    }

    /**
     * The samples of a pass.
     *
     * @param pass an open pass over N samples
     * @param mask P values: 1 for the parameters that adapt, 0 for the others
     */
    public static Samples of(Pass pass, Vector mask) {
        return new Samples(pass, mask);
    }

    /** The number of samples N. */
    public int size() {
        return pass.rows();
    }

    /** The softmax entropy H of one sample in nats; NaN if a logit is not finite. */
    public double entropy(int row) {
        if (entropies == null) {
            Matrix logits = pass.logits();
            entropies = rows().mapToDouble(i -> SoftmaxEntropy.INSTANCE.loss(logits.row(i)))
                    .toArray();
        }
        return entropies[row];
    }

    /**
     * The Euclidean norm of the gradient of one sample's entropy H (not of H / N) with respect to the parameters that
     * adapt.
     *
     * @throws IllegalStateException if the model's samples are not independent
     */
    public double gradientNorm(int row) {
        if (gradientNorms == null) {
            gradientNorms = gradientNorms(SoftmaxEntropy.INSTANCE);
        }
        return gradientNorms[row];
    }

    private double[] gradientNorms(Objective entropy) {
        Matrix gradients = pass.samplePullback(entropy.seed(pass.logits(), 1, rows().toArray()));
        return rows().mapToDouble(i -> Vector.of(gradients.row(i)).times(mask).norm())
                .toArray();
    }

    private IntStream rows() {
        return IntStream.range(0, size());
    }
}
