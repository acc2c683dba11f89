package io.tta4j;

import java.util.Locale;

/**
 * How much adaptation beside requests may take: a share of the wall time, or so many samples a second.
 *
 * @param share of wall time, greater than 0 and at most 1; 1 where samples are counted
 * @param samplesPerSecond greater than 0; infinite where time is counted
 */
public record Budget(double share, double samplesPerSecond) {

    private static final String PER_SECOND = "/s";

    public Budget {
        boolean isShare = 0 < share && share <= 1;
        if (!isShare) {
            throw new IllegalArgumentException(
                    "the budget's share of wall time must be greater than 0 and at most 1, but was " + share);
        }
        boolean isRate = samplesPerSecond > 0;
        if (!isRate) {
            throw new IllegalArgumentException(
                    "the budget's samples per second must be greater than 0, but were " + samplesPerSecond);
        }
    }

    /** A share of wall time, greater than 0 and at most 1. */
    public static Budget share(double share) {
        return new Budget(share, Double.POSITIVE_INFINITY);
    }

    /** So many samples a second, whatever they take. */
    public static Budget samplesPerSecond(double samples) {
        return new Budget(1, samples);
    }

    /**
     * Reads {@code 0.25}, a share, or {@code 200/s}, samples per second.
     *
     * @param setting the name that messages have
     * @throws IllegalArgumentException if the text is neither
     */
    static Budget parse(String setting, String text) {
        try {
            return text.endsWith(PER_SECOND)
                    ? samplesPerSecond(Double.parseDouble(text.substring(0, text.length() - PER_SECOND.length())))
                    : share(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s must be a share of wall time such as 0.25, or samples per second such as 200/s, but was '%s'"
                            .formatted(setting, text),
                    e);
        }
    }

    /** As it is written in settings. */
    @Override
    public String toString() {
        return Double.isInfinite(samplesPerSecond)
                ? Double.toString(share)
                : String.format(Locale.ROOT, "%s%s", samplesPerSecond, PER_SECOND);
    }
}
