package io.tta4j.stream.metric;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * By how many points one model's accuracy is above another's on the same images, and how far that may be chance.
 *
 * <p>The interval is a circular block bootstrap's (Politis and Romano, 1992) over the paired differences d_i = hit_i -
 * baseline hit_i: answers of a model that learns hang together along the stream, so runs of ceil(n^(1/3)) consecutive
 * ones are drawn, not single ones. Its ends are the percentiles of {@value #RESAMPLES} resamples, drawn by a fixed
 * seed.
 *
 * @param points the difference, in points of percent
 * @param low the lower end of the 95 % interval
 * @param high its upper end
 */
public record PairedDifference(double points, double low, double high) {

    /** How many resamples an interval is made of. */
    public static final int RESAMPLES = 2000;

    private static final double OUTSIDE = 0.05;
    private static final long SEED = 0;

    /**
     * Two models on the same stream.
     *
     * @param hits of the one; at least one answer
     * @param baseline of the other, on the same images in the same order
     */
    public record Pair(Hits hits, Hits baseline) {

        /** @throws IllegalArgumentException if they are not of equally many answers, or of none */
        public Pair {
            if (hits.size() != baseline.size() || hits.size() == 0) {
                throw new IllegalArgumentException("paired hits must be of equally many answers, but were of %d and %d"
                        .formatted(hits.size(), baseline.size()));
            }
        }

        double points() {
            return 100.0 * (hits.count() - baseline.count()) / hits.size();
        }
    }

    /** On one stream; see {@link Pair}. */
    public static PairedDifference of(Hits hits, Hits baseline) {
        return mean(List.of(new Pair(hits, baseline)));
    }

    /**
     * The mean over streams, every stream the same weight; each is resampled apart.
     *
     * @param streams at least one
     */
    public static PairedDifference mean(List<Pair> streams) {
        double[] means = new double[RESAMPLES];
        SplittableRandom random = new SplittableRandom(SEED);
        for (Pair stream : streams) {
            Blocks blocks = Blocks.of(stream);
            SplittableRandom own = random.split();
            for (int resample = 0; resample < RESAMPLES; resample++) {
                means[resample] += blocks.drawPoints(own) / streams.size();
            }
        }
        Arrays.sort(means);
        int outside = (int) Math.round(OUTSIDE / 2 * RESAMPLES);
        return new PairedDifference(
                streams.stream().mapToDouble(Pair::points).average().orElseThrow(),
                means[outside],
                means[RESAMPLES - 1 - outside]);
    }

    /** The sums of differences before each answer, from which the sum of any run follows. */
    private static final class Blocks {

        private final int[] before;
        private final int length;

        private Blocks(int[] before, int length) {
            this.before = before;
            this.length = length;
        }

        static Blocks of(Pair stream) {
            int size = stream.hits().size();
            int[] before = new int[size + 1];
            for (int i = 0; i < size; i++) {
                int difference =
                        (stream.hits().get(i) ? 1 : 0) - (stream.baseline().get(i) ? 1 : 0);
                before[i + 1] = before[i] + difference;
            }
            return new Blocks(before, (int) Math.ceil(Math.cbrt(size)));
        }

        /** The difference on as many answers as there are, in runs from anywhere; the last run may be shorter. */
        double drawPoints(SplittableRandom random) {
            int size = before.length - 1;
            long sum = 0;
            for (int drawn = 0; drawn < size; drawn += length) {
                int start = random.nextInt(size);
                int end = start + Math.min(length, size - drawn);
                sum += end <= size ? before[end] - before[start] : before[size] - before[start] + before[end - size];
            }
            return 100.0 * sum / size;
        }
    }
}
