package io.tta4j.stream.metric;

import java.util.OptionalDouble;

/**
 * How many answers were right.
 *
 * @param samples images answered
 * @param correct of these, how many were given their own class
 */
public record Accuracy(int samples, int correct) {

    /** Of no image. */
    public static final Accuracy NONE = new Accuracy(0, 0);

    /** @throws IllegalArgumentException unless 0 &lt;= correct &lt;= samples */
    public Accuracy {
        if (correct < 0 || correct > samples) {
            throw new IllegalArgumentException("correct must be in 0..%d, but was %d".formatted(samples, correct));
        }
    }

    /** This and one more answer. */
    public Accuracy with(boolean right) {
        return new Accuracy(samples + 1, correct + (right ? 1 : 0));
    }

    /** Both together, every image the same weight. */
    public Accuracy plus(Accuracy other) {
        return new Accuracy(samples + other.samples, correct + other.correct);
    }

    /** The share of right answers, in percent; empty where there was no image. */
    public OptionalDouble percent() {
        return samples == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * correct / samples);
    }
}
