package io.tta4j.stream.metric;

import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * A mean over seeds.
 *
 * @param seeds how many values there were, at least one
 * @param mean theirs
 * @param deviation of a sample: the root of the squares' sum over n - 1; empty for a single value
 */
public record Spread(int seeds, double mean, OptionalDouble deviation) {

    /**
     * Of a value a seed.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a mean must be over at least one value, but there was none");
        }
        double mean = DoubleStream.of(values).average().orElseThrow();
        double squares = DoubleStream.of(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return new Spread(
                values.length,
                mean,
                values.length == 1
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(Math.sqrt(squares / (values.length - 1))));
    }
}
