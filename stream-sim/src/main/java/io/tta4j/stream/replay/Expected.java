package io.tta4j.stream.replay;

/**
 * What is known of a row of a request, and the method is not told.
 *
 * @param number the number of its class in an answer, or {@link #UNNAMED}
 * @param set the index of the corruption
 * @param preview whether classes show at this time that are named later
 */
record Expected(int number, int set, boolean preview) {

    /** The number of a class that was not introduced yet. */
    static final int UNNAMED = -1;

    boolean isNamed() {
        return number != UNNAMED;
    }
}
