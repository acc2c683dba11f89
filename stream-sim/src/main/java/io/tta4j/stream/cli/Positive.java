package io.tta4j.stream.cli;

/** Numbers of which there must be one at least. */
final class Positive {

    private Positive() {}

    /**
     * Refuses what is less than 1.
     *
     * @param option what the number was given for
     * @throws IllegalArgumentException if it is not at least 1
     */
    static void require(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1, but was %d".formatted(option, value));
        }
    }
}
