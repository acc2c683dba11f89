package io.tta4j.stream.corruption;

/** The checks that every corruption makes of what it is given. */
final class Arguments {

    private Arguments() {}

    static void check(byte[] pixels, int height, int width, int severity) {
        if (severity < Corruption.MIN_SEVERITY || severity > Corruption.MAX_SEVERITY) {
            throw new IllegalArgumentException("severity must be in 1..5, but was " + severity);
        }
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "height and width must be positive, but were %d and %d".formatted(height, width));
        }
        if (pixels.length != height * width * UnitImage.CHANNELS) {
            throw new IllegalArgumentException("%d x %d RGB pixels take %d bytes, but there were %d"
                    .formatted(height, width, height * width * UnitImage.CHANNELS, pixels.length));
        }
    }
}
