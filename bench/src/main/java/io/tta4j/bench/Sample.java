package io.tta4j.bench;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Measured values, in the order in which they were measured; at least one. */
record Sample(List<Double> values) {

    Sample {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a sample must have at least one value, but has none");
        }
        values = List.copyOf(values);
    }

    static Sample of(double... values) {
        return new Sample(DoubleStream.of(values).boxed().toList());
    }

    double median() {
        return quantile(0.5);
    }

    /** A quantile, linear between the values around it. */
    double quantile(double q) {
        List<Double> sorted = values.stream().sorted().toList();
        double position = q * (sorted.size() - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.size() - 1);
        return sorted.get(below) + (position - below) * (sorted.get(above) - sorted.get(below));
    }

    /** The quotients of the values that were measured in the same round. */
    Sample over(Sample other) {
        return new Sample(IntStream.range(0, values.size())
                .mapToObj(i -> values.get(i) / other.values.get(i))
                .toList());
    }
}
