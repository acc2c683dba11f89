package io.tta4j.method;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Learns once, from source data, most often labelled, what a method later wants to know of it, and keeps that in a
 * small file: the data itself is not needed again. Implementations are found by name through
 * {@link java.util.ServiceLoader}; they are stateless and safe for use by many threads.
 */
public interface SourceSurvey {

    /** What is learned, such as {@code prototypes}. */
    String name();

    /** Whether it learns from labelled data; one that does not is given no labels. */
    default boolean wantsLabels() {
        return true;
    }

    /** Whether it pulls passes back: they must come from {@link AdaptableModel#forward} then. */
    default boolean pullsBack() {
        return false;
    }

    /**
     * Nothing learned yet.
     *
     * @param model loaded with what the survey looks at, such as features
     * @param classes the names of the model's C classes, in its order
     * @throws IllegalArgumentException if the model does not have what the survey looks at
     */
    Findings begin(AdaptableModel model, List<String> classes);

    /** What was learned so far. By one thread at a time. */
    interface Findings {

        /**
         * Looks at a batch.
         *
         * @param pass a pass at the source's theta
         * @param labels the class of each row, in 0..C-1; none where the survey wants none
         * @throws IllegalArgumentException if there is something to refuse in it
         */
        void add(Pass pass, int... labels);

        /**
         * Writes what was learned, as a file that the method reads.
         *
         * @param out stays open
         * @throws IllegalArgumentException if too little was seen; the message says what is missing
         */
        void writeTo(OutputStream out) throws IOException;
    }
}
