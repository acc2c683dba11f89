package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;
import java.util.List;

/**
 * A corruption with one set of constants.
 *
 * @param name the field's name
 * @param severities what it does at severities 1 to 5
 */
record FixedCorruption(String name, List<Distortion> severities) implements Corruption {

    @Override
    public byte[] apply(byte[] pixels, int height, int width, int severity, long seed) {
        if (severity < MIN_SEVERITY || severity > MAX_SEVERITY) {
            throw new IllegalArgumentException("severity must be in 1..5, but was " + severity);
        }
        return severities.get(severity - MIN_SEVERITY).apply(new RgbImage(height, width, pixels), new Draws(seed));
    }

    @Override
    public String toString() {
        return name;
    }
}
