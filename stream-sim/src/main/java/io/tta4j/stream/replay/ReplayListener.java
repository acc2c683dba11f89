package io.tta4j.stream.replay;

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
}
