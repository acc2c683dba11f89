package io.tta4j.stream.replay;

/**
 * An image of a stream and what was answered when it came, to be looked at.
 *
 * @param domain the corruption that it is under, as its images are named
 * @param image its index among these
 * @param label its class
 * @param source the class that the source model answered
 * @param prediction the class that the method answered
 */
public record AnsweredImage(String domain, int image, int label, int source, int prediction) {

    /** Whether adapting changed the answer. */
    public boolean isChanged() {
        return prediction != source;
    }
}
