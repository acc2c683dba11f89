package io.tta4j.sar;

import java.util.OptionalInt;

/**
 * The step size eta: fixed, or in proportion to the rows of the adaptation batch.
 *
 * @param value eta; of a batch of {@code rows} if that is set
 * @param rows at least 1, if set
 */
public record LearningRate(double value, OptionalInt rows) {

    public LearningRate {
        if (rows.isPresent() && rows.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "the rows that a learning rate is for must be at least 1, but were " + rows.getAsInt());
        }
    }

    /** The same for every batch. */
    public static LearningRate fixed(double value) {
        return new LearningRate(value, OptionalInt.empty());
    }

    /** {@code value} for a batch of so many rows, half of it for half as many. */
    public static LearningRate proportional(double value, int rows) {
        return new LearningRate(value, OptionalInt.of(rows));
    }

    /** Eta for an adaptation batch of so many rows. */
    public double of(int batch) {
        return rows.isPresent() ? value * batch / rows.getAsInt() : value;
    }

    /** As in {@code 0.001 * batch / 64}. */
    @Override
    public String toString() {
        return rows.isPresent() ? "%s * batch / %d".formatted(value, rows.getAsInt()) : Double.toString(value);
    }
}
