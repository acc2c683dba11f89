package io.tta4j.sar;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * A bound on the cosine between one sample's probabilities and the average prediction: as it is, or as a multiple of 1
 * / sqrt(C), which is the cosine of a sure prediction with an average over C classes alike.
 *
 * @param value the cosine; or the multiple
 * @param multiple which of the two
 */
public record CosineBound(double value, boolean multiple) {

    /** Above any cosine: no sample is redundant. */
    public static final CosineBound NONE = of(2);

    private static final MathContext DIGITS = new MathContext(3);

    /** A bound on the cosine itself; above 1 it bounds nothing. */
    public static CosineBound of(double cosine) {
        return new CosineBound(cosine, false);
    }

    /** A bound of {@code multiple / sqrt(C)}. At 1, where all classes alike are predicted, nothing would pass. */
    public static CosineBound ofShare(double multiple) {
        return new CosineBound(multiple, true);
    }

    /** The cosine, for a model of so many classes. */
    public double cosine(int classes) {
        return multiple ? value / Math.sqrt(classes) : value;
    }

    /** As in {@code 1.4 / sqrt(C)}, to three digits; the cosine itself as it is. */
    @Override
    public String toString() {
        return multiple
                ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString() + " / sqrt(C)"
                : Double.toString(value);
    }
}
