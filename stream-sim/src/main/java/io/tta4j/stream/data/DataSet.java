package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Labelled samples, under one or more corruptions at one or more severities. Row i is the same sample under all of
 * them. Closing the set closes the samples that were opened from it.
 */
public interface DataSet extends Closeable {

    /** The severity of samples where nothing says otherwise. */
    int MOST_SEVERE = 5;

    /** The corruptions there are: those of the field in its order, then others alphabetically. */
    List<String> corruptions();

    /** The severities there are, ascending; {@link #MOST_SEVERE} alone where the layout does not say. */
    List<Integer> severities();

    /** The class of each sample. */
    int[] labels();

    /** Whether the samples are image files, which may each have a size of its own. */
    default boolean isOfFiles() {
        return false;
    }

    /** Whether labels number the classes there are by name, for want of a list that says the model's own order. */
    default boolean isInOrderOfNames() {
        return false;
    }

    /**
     * Opens the samples of one corruption at one severity.
     *
     * @param geometry how images get the size that is wanted; other samples are left as they are
     * @throws IllegalArgumentException if the corruption is not one of {@link #corruptions} or the severity not one of
     *     {@link #severities}; the message lists them
     * @throws DataException if files are not what they must be
     */
    Samples samples(String corruption, int severity, Geometry geometry) throws IOException;

    /** Refuses what is not there. */
    default void require(String corruption, int severity) {
        if (!corruptions().contains(corruption)) {
            throw new IllegalArgumentException(
                    "corruption must be one of %s, but was '%s'".formatted(corruptions(), corruption));
        }
        if (!severities().contains(severity)) {
            throw new IllegalArgumentException(
                    "severity must be one of %s, but was %d".formatted(severities(), severity));
        }
    }

    /** How reports name a corruption at a severity: {@code fog} at the largest, {@code fog-3} at another. */
    static String name(String corruption, int severity) {
        return severity == MOST_SEVERE ? corruption : corruption + "-" + severity;
    }
}
