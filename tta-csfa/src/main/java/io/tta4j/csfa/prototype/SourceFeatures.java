package io.tta4j.csfa.prototype;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;

/** Gathers labelled features of source data, batch by batch, in memory for the sums alone. By one thread at a time. */
public final class SourceFeatures {

    private final List<String> classes;
    private final int width;
    private final long[] counts;
    private final double[][] sums;
    private final double[][] products;

    /**
     * Nothing gathered yet.
     *
     * @param classes the names of the C classes, in the model's order
     * @param width D
     */
    public SourceFeatures(List<String> classes, int width) {
        this.classes = List.copyOf(classes);
        this.width = width;
        this.counts = new long[classes.size()];
        this.sums = new double[classes.size()][width];
        this.products = new double[width][width];
    }

    /**
     * Takes in a batch.
     *
     * @param features [N, D], finite
     * @param labels N classes, in 0..C-1
     * @throws IllegalArgumentException if a feature is not finite, a label no class, or their numbers are others;
     *     nothing was taken in then
     */
    public void add(Matrix features, int... labels) {
        if (features.columns() != width || features.rows() != labels.length) {
            throw new IllegalArgumentException(
                    "source features must be of shape [%d, %d] for as many labels, but were %s"
                            .formatted(labels.length, width, features));
        }
        if (!features.isFinite()) {
            throw new IllegalArgumentException("source features must be finite, but some value was not");
        }
        for (int label : labels) {
            if (label < 0 || label >= counts.length) {
                throw new IllegalArgumentException(
                        "source labels must be in 0..%d, but one was %d".formatted(counts.length - 1, label));
            }
        }
        for (int row = 0; row < labels.length; row++) {
            counts[labels[row]]++;
            float[] values = features.row(row);
            for (int i = 0; i < width; i++) {
                sums[labels[row]][i] += values[i];
                for (int j = 0; j <= i; j++) {
                    products[i][j] += (double) values[i] * values[j];
                }
            }
        }
    }

    /**
     * The prototypes.
     *
     * @throws IllegalArgumentException if a class has no sample
     */
    public SourcePrototypes prototypes() {
        float[] means = new float[classes.size() * width];
        float[] number = new float[classes.size()];
        long all = 0;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] == 0) {
                throw new IllegalArgumentException(
                        "source data must have samples of every class, but had none of '%s'".formatted(classes.get(c)));
            }
            number[c] = counts[c];
            all += counts[c];
            for (int i = 0; i < width; i++) {
                means[c * width + i] = (float) (sums[c][i] / counts[c]);
            }
        }
        float[] covariance = new float[width * width];
        for (int i = 0; i < width; i++) {
            for (int j = 0; j <= i; j++) {
                double within = products[i][j];
                for (int c = 0; c < counts.length; c++) {
                    within -= sums[c][i] * sums[c][j] / counts[c];
                }
                covariance[i * width + j] = (float) (within / all);
                covariance[j * width + i] = covariance[i * width + j];
            }
        }
        return new SourcePrototypes(
                classes,
                Vector.of(number),
                Matrix.of(classes.size(), width, means),
                Matrix.of(width, width, covariance));
    }
}
