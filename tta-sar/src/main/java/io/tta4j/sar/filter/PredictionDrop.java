package io.tta4j.sar.filter;

import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.sar.objective.Softmax;
import java.util.Arrays;

/**
 * By how much the probability of each sample's predicted class falls where the shape of what is seen is destroyed: the
 * pseudo-label probability difference {@code PLPD = p_y(x) - p_y(x')} (DeYO, Lee et al., "Entropy is not Enough for
 * Test-time Adaptation", ICLR 2024, section 3). A class that is still as probable was not recognised by its shape.
 * Immutable.
 */
public final class PredictionDrop {

    private final double[] drops;

    private PredictionDrop(double[] drops) {
        this.drops = drops;
    }

    /**
     * The drops of some rows of a pass.
     *
     * @param pass over x
     * @param destroyed logits over x', a row for each of the given ones
     * @param rows rows of the pass
     */
    public static PredictionDrop of(Pass pass, Matrix destroyed, int... rows) {
        double[] drops = new double[pass.rows()];
        Arrays.fill(drops, Double.NaN);
        for (int i = 0; i < rows.length; i++) {
            int predicted = pass.logits().argmax(rows[i]);
            double before = Softmax.of(pass.logits().row(rows[i]))[predicted];
            drops[rows[i]] = before - Softmax.of(destroyed.row(i))[predicted];
        }
        return new PredictionDrop(drops);
    }

    /** The drop of one sample, in -1..1; NaN for one that was not looked at, or whose logits are not finite. */
    public double of(int row) {
        return drops[row];
    }

    /** Keeps samples whose prediction drops by more than that. */
    public SampleFilter above(double threshold) {
        return samples -> row -> drops[row] > threshold;
    }
}
