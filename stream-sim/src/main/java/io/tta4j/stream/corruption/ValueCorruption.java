package io.tta4j.stream.corruption;

import java.util.List;

/** A corruption that works on values in 0..1, with one distortion per severity. */
record ValueCorruption(String name, List<Distortion> severities) implements Corruption {

    @Override
    public byte[] apply(byte[] pixels, int height, int width, int severity, long seed) {
        Arguments.check(pixels, height, width, severity);
        return severities
                .get(severity - MIN_SEVERITY)
                .apply(UnitImage.of(pixels, height, width), new Draws(seed))
                .toBytes();
    }

    @Override
    public String toString() {
        return name;
    }
}
