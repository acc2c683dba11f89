package io.tta4j.stream.replay;

import io.tta4j.stream.data.LabelledSamples;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How methods are measured, beside the stream.
 *
 * @param window how many images a window holds at least; by default {@value #BATCHES_PER_WINDOW} batches, or
 *     {@value #LEAST_WINDOW} images if these are more
 * @param timeConstraint whether the stream waits until a method has adapted; it does by default
 * @param clean images on which the state is measured after each stream, frozen; they stay open
 */
public record Protocol(OptionalInt window, Optional<TimeConstraint> timeConstraint, Optional<LabelledSamples> clean) {

    /** Batches in a window, where nothing else is said. */
    public static final int BATCHES_PER_WINDOW = 10;

    /** Images in a window at least, where nothing else is said. */
    public static final int LEAST_WINDOW = 100;

    /** @throws IllegalArgumentException if a window holds nothing */
    public Protocol {
        if (window.isPresent() && window.getAsInt() < 1) {
            throw new IllegalArgumentException("window must be at least 1, but was " + window.getAsInt());
        }
    }

    /** The stream waits, and nothing is measured after it. */
    public static Protocol ofDefaults() {
        return new Protocol(OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    /** With windows of so many images. */
    public Protocol withWindow(int images) {
        return new Protocol(OptionalInt.of(images), timeConstraint, clean);
    }

    /** With a stream that does not wait. */
    public Protocol withTimeConstraint(TimeConstraint constraint) {
        return new Protocol(window, Optional.of(constraint), clean);
    }

    /** With a look at clean images after each stream. */
    public Protocol withClean(LabelledSamples samples) {
        return new Protocol(window, timeConstraint, Optional.of(samples));
    }

    /** How many images a window holds at least. */
    public int window(int batchSize) {
        return window.orElse(Math.max(BATCHES_PER_WINDOW * batchSize, LEAST_WINDOW));
    }
}
