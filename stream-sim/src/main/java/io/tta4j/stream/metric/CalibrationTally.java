package io.tta4j.stream.metric;

import io.tta4j.model.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds up what a {@link Calibration} is made of, sample by sample. Not safe for use by many threads. */
public final class CalibrationTally {

    private final int[] samples = new int[Calibration.BINS];
    private final int[] correct = new int[Calibration.BINS];
    private final double[] confidence = new double[Calibration.BINS];
    private double brier;
    private double nll;

    /**
     * Adds a sample.
     *
     * @param logits [N, C]
     * @param row the sample's
     * @param label its class, 0..C-1
     */
    public void add(Matrix logits, int row, int label) {
        int predicted = logits.argmax(row);
        double largest = logits.get(row, predicted);
        double sum = 0;
        double squares = 0;
        for (int k = 0; k < logits.columns(); k++) {
            double power = Math.exp(logits.get(row, k) - largest);
            sum += power;
            squares += power * power;
        }
        double ofLabel = Math.exp(logits.get(row, label) - largest) / sum;
        // sum_k (p_k - [k = y])^2 = sum_k p_k^2 - 2 p_y + 1
        brier += squares / (sum * sum) - 2 * ofLabel + 1;
        nll += largest + Math.log(sum) - logits.get(row, label);
        double sure = 1 / sum;
        int bin = bin(sure);
        samples[bin]++;
        correct[bin] += predicted == label ? 1 : 0;
        confidence[bin] += sure;
    }

    /** Not a number, where logits are none, goes to the lowest. */
    private static int bin(double confidence) {
        return confidence > 0 ? Math.min((int) Math.ceil(confidence * Calibration.BINS), Calibration.BINS) - 1 : 0;
    }

    /** Of the samples added so far; empty if there were none. */
    public Optional<Calibration> calibration() {
        int total = 0;
        for (int count : samples) {
            total += count;
        }
        if (total == 0) {
            return Optional.empty();
        }
        double gaps = 0;
        List<Calibration.Bin> bins = new ArrayList<>();
        for (int bin = 0; bin < samples.length; bin++) {
            gaps += Math.abs(correct[bin] - confidence[bin]);
            bins.add(new Calibration.Bin(
                    new Accuracy(samples[bin], correct[bin]), samples[bin] == 0 ? 0 : confidence[bin] / samples[bin]));
        }
        return Optional.of(new Calibration(100 * gaps / total, brier / total, nll / total, bins));
    }
}
