package io.tta4j.csfa;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.stream.IntStream;

/**
 * Running moments over the stream: of its features, and of how unknown its samples look. Both begin as plain averages
 * and forget once they are over {@value #MEMORY} samples, so that they follow a drift. Immutable.
 *
 * @param mean of the features: D values
 * @param count how many samples the mean counts as
 * @param unknownMean of the unknown scores
 * @param unknownVariance of the unknown scores
 * @param unknownCount how many samples these count as
 */
record StreamMoments(Vector mean, double count, double unknownMean, double unknownVariance, double unknownCount) {

    /** How many samples back the moments reach, about. */
    static final int MEMORY = 2000;

    /** What the source's mean counts for at the beginning. */
    private static final int PRIOR = 64;

    /** Fewer samples say nothing of a spread. */
    private static final int FEWEST = 32;

    private static final String MEAN = "stream.mean";
    private static final String COUNT = "stream.count";
    private static final String UNKNOWN_MEAN = "unknown.mean";
    private static final String UNKNOWN_VARIANCE = "unknown.variance";
    private static final String UNKNOWN_COUNT = "unknown.count";

    /** Before the stream: the source's mean. */
    static StreamMoments at(Vector origin) {
        return new StreamMoments(origin, PRIOR, 0, 0, 0);
    }

    static StreamMoments in(State state) {
        return new StreamMoments(
                state.vector(MEAN, Vector.of()),
                state.scalar(COUNT).orElse(0),
                state.scalar(UNKNOWN_MEAN).orElse(0),
                state.scalar(UNKNOWN_VARIANCE).orElse(0),
                state.scalar(UNKNOWN_COUNT).orElse(0));
    }

    State into(State state) {
        return state.with(MEAN, mean)
                .with(COUNT, count)
                .with(UNKNOWN_MEAN, unknownMean)
                .with(UNKNOWN_VARIANCE, unknownVariance)
                .with(UNKNOWN_COUNT, unknownCount);
    }

    /**
     * After a batch. Samples whose features or score are not finite do not count.
     *
     * @param features [N, D]
     * @param unknown N scores
     */
    StreamMoments after(Matrix features, Vector unknown) {
        int[] rows = IntStream.range(0, features.rows())
                .filter(row -> Float.isFinite(unknown.get(row))
                        && Vector.of(features.row(row)).isFinite())
                .toArray();
        if (rows.length == 0) {
            return this;
        }
        float share = (float) (1 / (count + rows.length));
        double[] sums = new double[features.columns()];
        for (int row : rows) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += features.get(row, i) - mean.get(i);
            }
        }
        float[] moved = new float[sums.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (mean.get(i) + share * sums[i]);
        }
        double unknownWeight = unknownCount;
        double average = unknownMean;
        double variance = unknownVariance;
        for (int row : rows) {
            unknownWeight = Math.min(unknownWeight + 1, MEMORY);
            double difference = unknown.get(row) - average;
            average += difference / unknownWeight;
            variance += (difference * (unknown.get(row) - average) - variance) / unknownWeight;
        }
        return new StreamMoments(
                Vector.of(moved), Math.min(count + rows.length, MEMORY), average, variance, unknownWeight);
    }

    /** Above which unknown score a sample is flagged; nothing is until a few samples were seen. */
    double threshold(double deviations) {
        return unknownCount < FEWEST ? Double.POSITIVE_INFINITY : unknownMean + deviations * Math.sqrt(unknownVariance);
    }
}
