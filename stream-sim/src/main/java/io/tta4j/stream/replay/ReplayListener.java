package io.tta4j.stream.replay;

import io.tta4j.stream.data.BadSampleException;

/** Hears how a replay gets on. */
@FunctionalInterface
public interface ReplayListener {

    /** A listener that does nothing. */
    ReplayListener NONE = (stream, images) -> {};

    /**
     * A batch was answered by every method.
     *
     * @param stream the stream's name
     * @param images the images in the batch
     */
    void answered(String stream, int images);

    /**
     * A sample cannot be read. Who returns has the stream go on without it; each method misses it alike.
     *
     * @throws BadSampleException by default, which ends the replay
     */
    default void unreadable(BadSampleException sample) throws BadSampleException {
        throw sample;
    }
}
