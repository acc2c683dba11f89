package io.tta4j.sar;

/** The ranges that settings lie in. NaN and the infinities are in none of them. */
public enum Range {
    /** From 0. */
    NON_NEGATIVE("at least 0 and finite", 0, Double.MAX_VALUE),

    /** Above 0. */
    POSITIVE("greater than 0 and finite", Double.MIN_VALUE, Double.MAX_VALUE),

    /** From 0 to 1. */
    SHARE("at least 0 and at most 1", 0, 1),

    /** From 0 to below 1. */
    BELOW_ONE("at least 0 and less than 1", 0, Math.nextDown(1.0)),

    /** Above 0 to 1. */
    QUANTILE("greater than 0 and at most 1", Double.MIN_VALUE, 1);

    private final String words;
    private final double least;
    private final double most;

    Range(String words, double least, double most) {
        this.words = words;
        this.least = least;
        this.most = most;
    }

    /**
     * The value, if it lies in the range.
     *
     * @param setting the setting's full name, such as {@code sar.rho}
     * @throws IllegalArgumentException if not; the message names the setting, the range and the value
     */
    public double require(String setting, double value) {
        boolean contained = least <= value && value <= most;
        if (!contained) {
            throw new IllegalArgumentException("%s must be %s, but was %s".formatted(setting, words, value));
        }
        return value;
    }

    /**
     * The value, if it is a whole number.
     *
     * @param setting the setting's full name, such as {@code rdumb.period}
     * @throws IllegalArgumentException if not; the message names the setting and the value
     */
    static int wholeNumber(String setting, double value) {
        if (value != (int) value) {
            throw new IllegalArgumentException("%s must be a whole number, but was %s".formatted(setting, value));
        }
        return (int) value;
    }

    /** The range in words. */
    @Override
    public String toString() {
        return words;
    }
}
