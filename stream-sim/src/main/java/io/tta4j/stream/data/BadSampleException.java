package io.tta4j.stream.data;

import java.io.IOException;

/** One sample that cannot be read, where others of the same set can. The message names its file and what is wrong. */
public final class BadSampleException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String sample;

    /**
     * A damaged sample.
     *
     * @param sample its file, within the data set's folder
     * @param reason what is wrong, a sentence about "it"
     */
    public BadSampleException(String sample, String reason, Throwable cause) {
        super("%s cannot be used: %s".formatted(sample, reason), cause);
        this.sample = sample;
    }

    /** The sample's file, within the data set's folder. */
    public String sample() {
        return sample;
    }
}
