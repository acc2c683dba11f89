package io.tta4j.sar.filter;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import io.tta4j.sar.objective.Softmax;
import java.util.Arrays;
import java.util.Optional;

/**
 * The moving average of what was predicted: {@code q <- 0.9 q + 0.1 mean p}, with p the probabilities of a batch's
 * samples (EATA, Niu et al., ICML 2022, equation 4). Immutable.
 *
 * @param probabilities q, C values
 */
public record PredictionAverage(Vector probabilities) {

    /** The state's vector that holds q: C values. */
    public static final String NAME = "predictionAverage";

    /** How much of the average is kept over a batch, as published. */
    public static final double DECAY = 0.9;

    /** The average that a state holds, if it does. */
    public static Optional<PredictionAverage> in(State state) {
        return Optional.ofNullable(state.vectors().get(NAME)).map(PredictionAverage::new);
    }

    /** Every class alike. */
    public static PredictionAverage uniform(int classes) {
        float[] uniform = new float[classes];
        Arrays.fill(uniform, 1f / classes);
        return new PredictionAverage(Vector.of(uniform));
    }

    /**
     * The mean prediction for some samples.
     *
     * @param logits shape [N, C]
     * @param rows at least one row of them
     */
    public static PredictionAverage of(Matrix logits, int... rows) {
        double[] sum = new double[logits.columns()];
        for (int row : rows) {
            double[] probabilities = Softmax.of(logits.row(row));
            for (int k = 0; k < sum.length; k++) {
                sum[k] += probabilities[k];
            }
        }
        float[] mean = new float[sum.length];
        for (int k = 0; k < mean.length; k++) {
            mean[k] = (float) (sum[k] / rows.length);
        }
        return new PredictionAverage(Vector.of(mean));
    }

    /** The average after a batch, as published. */
    public PredictionAverage then(PredictionAverage batch) {
        return then(batch, DECAY);
    }

    /**
     * The average after a batch.
     *
     * @param kept how much of this one stays, in 0..1
     */
    public PredictionAverage then(PredictionAverage batch, double kept) {
        float[] moved = new float[probabilities.size()];
        for (int k = 0; k < moved.length; k++) {
            moved[k] = (float) (kept * probabilities.get(k) + (1 - kept) * batch.probabilities.get(k));
        }
        return new PredictionAverage(Vector.of(moved));
    }

    /** The cosine of the angle between the average and one sample's probabilities, in 0..1. */
    public double cosine(double[] sample) {
        double dot = 0;
        double square = 0;
        double own = 0;
        for (int k = 0; k < sample.length; k++) {
            double q = probabilities.get(k);
            dot += q * sample[k];
            square += sample[k] * sample[k];
            own += q * q;
        }
        return dot / Math.sqrt(square * own);
    }

    /** The state with this average. */
    public State into(State state) {
        return state.with(NAME, probabilities);
    }
}
