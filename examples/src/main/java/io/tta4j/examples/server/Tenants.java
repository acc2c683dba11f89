package io.tta4j.examples.server;

import io.tta4j.AdaptiveModel;
import io.tta4j.Counters;
import java.util.function.Function;

/** The streams that the server adapts to, each with a state of its own. Safe for use by many threads. */
interface Tenants extends AutoCloseable {

    /**
     * Lets a request work on its stream, which stays in memory meanwhile.
     *
     * @param key the stream's; empty for the one without
     * @throws Refusal if there is no room for another stream
     */
    <T> T on(String key, Function<AdaptiveModel, T> work);

    /** How many streams are in memory. */
    int size();

    /** What all streams have done since the server started. */
    Counters counters();

    /** Saves all states. No request is in flight. */
    @Override
    void close();
}
