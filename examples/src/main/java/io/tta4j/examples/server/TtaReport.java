package io.tta4j.examples.server;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What adaptation had to do with an answer.
 *
 * @param learning empty where the stream was not asked to learn
 * @param agreement in shadow mode, the share of rows that source and copy answered alike in the last batch that the
 *     copy learned from; empty before the first
 */
record TtaReport(Adapting adapting, Optional<Learning> learning, OptionalDouble agreement) {

    /**
     * What a stream has done so far, its copy in shadow mode included.
     *
     * @param method the method's name
     * @param steps that moved the state
     * @param resets back to the source
     */
    record Learning(String method, long steps, long resets) {}

    /** The source answered, and that was all. */
    static TtaReport off(Adapting adapting) {
        return new TtaReport(adapting, Optional.empty(), OptionalDouble.empty());
    }
}
