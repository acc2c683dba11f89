package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamMomentsTest {

    private static final int WIDTH = 3;

    private static final StreamMoments NOTHING = new StreamMoments(Vector.zeros(WIDTH), 0, 0, 0, 0);

    private static Matrix features(Random random, int rows) {
        float[] values = new float[rows * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (5 + i % WIDTH + 2 * random.nextGaussian());
        }
        return Matrix.of(rows, WIDTH, values);
    }

    private static Vector scores(Random random, int rows) {
        float[] values = new float[rows];
        for (int i = 0; i < rows; i++) {
            values[i] = (float) (-3 + 4 * random.nextGaussian());
        }
        return Vector.of(values);
    }

    /** In batches of any size, up to {@link StreamMoments#MEMORY} samples. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 500})
    void arePlainMeanAndVarianceWhileTheMemoryLasts(int rows) {
        Random random = new Random(9);
        StreamMoments moments = NOTHING;
        double[] sum = new double[WIDTH];
        double scoreSum = 0;
        double scoreSquares = 0;
        int samples = 0;
        for (; samples + rows <= StreamMoments.MEMORY; samples += rows) {
            Matrix batch = features(random, rows);
            Vector unknown = scores(random, rows);
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < WIDTH; i++) {
                    sum[i] += batch.get(row, i);
                }
                scoreSum += unknown.get(row);
                scoreSquares += (double) unknown.get(row) * unknown.get(row);
            }
            moments = moments.after(batch, unknown);
        }

        double scoreMean = scoreSum / samples;
        double scoreVariance = scoreSquares / samples - scoreMean * scoreMean;
        for (int i = 0; i < WIDTH; i++) {
            assertThat((double) moments.mean().get(i)).isCloseTo(sum[i] / samples, within(1e-4));
        }
        assertThat(moments.count()).isEqualTo(samples);
        assertThat(moments.unknownCount()).isEqualTo(samples);
        assertThat(moments.unknownMean()).isCloseTo(scoreMean, within(1e-9));
        assertThat(moments.unknownVariance()).isCloseTo(scoreVariance, within(1e-8));
        assertThat(moments.threshold(1.5)).isCloseTo(scoreMean + 1.5 * Math.sqrt(scoreVariance), within(1e-8));
    }

    /** 64 samples of the source's mean and 16 of 10: a mean of 0.2 * 10 + 0.8 * 1. */
    @Test
    void theSourceCountsForSomeSamplesAtFirst() {
        float[] tens = new float[16];
        Arrays.fill(tens, 10);

        StreamMoments moments = StreamMoments.at(Vector.of(1)).after(Matrix.of(16, 1, tens), Vector.zeros(16));

        assertThat((double) moments.mean().get(0)).isCloseTo(2.8, within(1e-6));
        assertThat(moments.count()).isEqualTo(80);
        assertThat(moments.unknownCount()).as("of scores the source has none").isEqualTo(16);
    }

    /** Beyond the memory a batch of n counts n / (MEMORY + n), and a score 1 / MEMORY. */
    @Test
    void forgetBeyondTheMemory() {
        StreamMoments full = new StreamMoments(Vector.of(1), StreamMoments.MEMORY, 2, 9, StreamMoments.MEMORY);

        StreamMoments moments = full.after(Matrix.of(2, 1, new float[] {5, 9}), Vector.of(4, 2));

        double share = 2.0 / (StreamMoments.MEMORY + 2);
        assertThat((double) moments.mean().get(0)).isCloseTo((1 - share) + share * 7, within(1e-6));
        assertThat(moments.count()).isEqualTo(StreamMoments.MEMORY);
        double weight = 1.0 / StreamMoments.MEMORY;
        double first = 2 + weight * 2;
        double firstVariance = 9 + weight * (2 * (4 - first) - 9);
        double second = first + weight * (2 - first);
        double secondVariance = firstVariance + weight * ((2 - first) * (2 - second) - firstVariance);
        assertThat(moments.unknownMean()).isCloseTo(second, within(1e-12));
        assertThat(moments.unknownVariance()).isCloseTo(secondVariance, within(1e-12));
        assertThat(moments.unknownCount()).isEqualTo(StreamMoments.MEMORY);
    }

    @Test
    void flagNothingBeforeThirtyTwoSamples() {
        Random random = new Random(4);
        StreamMoments moments = NOTHING;
        for (int i = 1; i < 32; i++) {
            moments = moments.after(features(random, 1), scores(random, 1));
            assertThat(moments.threshold(0)).isEqualTo(Double.POSITIVE_INFINITY);
        }
        moments = moments.after(features(random, 1), scores(random, 1));

        assertThat(moments.threshold(0)).isEqualTo(moments.unknownMean());
        assertThat(moments.threshold(2)).isGreaterThan(moments.unknownMean()).isFinite();
    }

    @Test
    void samplesThatAreNotFiniteDoNotCount() {
        StreamMoments moments = NOTHING.after(
                Matrix.of(4, 3, new float[] {1, 2, 3, Float.NaN, 0, 0, 3, 4, 5, 9, 9, 9}),
                Vector.of(1, 2, 3, Float.POSITIVE_INFINITY));

        assertThat(moments).isEqualTo(new StreamMoments(Vector.of(2, 3, 4), 2, 2, 1, 2));
        assertThat(moments.after(Matrix.of(1, 3, new float[] {0, Float.NaN, 0}), Vector.of(1)))
                .isEqualTo(moments);
        assertThat(NOTHING.after(Matrix.of(1, 3, new float[] {0, Float.NaN, 0}), Vector.of(1)))
                .isEqualTo(NOTHING);
    }

    @Test
    void comeBackFromAState() {
        StreamMoments moments =
                StreamMoments.at(Vector.of(1, 2, 3)).after(features(new Random(1), 40), scores(new Random(2), 40));

        assertThat(StreamMoments.in(moments.into(State.of(Vector.of(0))))).isEqualTo(moments);
    }
}
