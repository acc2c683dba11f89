package io.tta4j.sar;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * A bound on entropies: in nats, or as a share of the largest entropy there is over C classes, ln C, so that it means
 * the same for few classes and for many.
 *
 * @param value in nats; or the share of ln C
 * @param share which of the two
 */
public record EntropyBound(double value, boolean share) {

    private static final MathContext DIGITS = new MathContext(3);

    /** A bound in nats. */
    public static EntropyBound nats(double value) {
        return new EntropyBound(value, false);
    }

    /** A bound of {@code share} times ln C. */
    public static EntropyBound shareOfLargest(double share) {
        return new EntropyBound(share, true);
    }

    /** The bound in nats, for a model of so many classes. */
    public double nats(int classes) {
        return share ? value * Math.log(classes) : value;
    }

    /** As in {@code 0.4 ln C}, to three digits; in nats without the unit. */
    @Override
    public String toString() {
        return share
                ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString() + " ln C"
                : Double.toString(value);
    }
}
