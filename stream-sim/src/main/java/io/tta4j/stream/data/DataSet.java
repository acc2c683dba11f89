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

    /** The corruptions there are: those of the field in its order, then others alphabetically. */
    List<String> corruptions();

    /** The severities there are, ascending; {@value Domain#MOST_SEVERE} alone where the layout does not say. */
    List<Integer> severities();

    /** The class of each sample. */
    int[] labels();

    /** N, the number of samples under each corruption at each severity. */
    default int count() {
        return labels().length;
    }

    /** Whether the samples are {@link Images} from files, which may each have a size of its own and come by class. */
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
    Samples samples(Domain domain, Geometry geometry) throws IOException;

    /** The first corruption at the mildest severity: of a set of one kind, all there is. */
    default Domain first() {
        return new Domain(corruptions().get(0), severities().get(0));
    }

    /** Refuses what is not there. */
    default void require(Domain domain) {
        if (!corruptions().contains(domain.corruption())) {
            throw new IllegalArgumentException(
                    "corruption must be one of %s, but was '%s'".formatted(corruptions(), domain.corruption()));
        }
        if (!severities().contains(domain.severity())) {
            throw new IllegalArgumentException(
                    "severity must be one of %s, but was %d".formatted(severities(), domain.severity()));
        }
    }
}
