package io.tta4j.stream.data;

/**
 * What images of a stream have in common: the corruption that they are under, and how severe it is.
 *
 * @param corruption the field's name of it, such as {@code gaussian_noise}
 * @param severity 1..5; 0 for clean images
 */
public record Domain(String corruption, int severity) {

    /** The severity that the field reports, and that images have where nothing says otherwise. */
    public static final int MOST_SEVERE = 5;

    /** Images without a corruption. */
    public static final Domain CLEAN = new Domain("clean", 0);

    /** @throws IllegalArgumentException if the severity is not in 0..5 */
    public Domain {
        if (severity < 0 || severity > MOST_SEVERE) {
            throw new IllegalArgumentException(
                    "severity must be in 1..%d, or 0 for clean images, but was %d".formatted(MOST_SEVERE, severity));
        }
    }

    /** A corruption at severity {@value #MOST_SEVERE}. */
    public static Domain of(String corruption) {
        return new Domain(corruption, MOST_SEVERE);
    }

    /** Whether the images have no corruption. */
    public boolean isClean() {
        return severity == 0;
    }

    /** As reports name it: {@code fog} at severity 5, {@code fog-3} at a smaller one, {@code clean}. */
    public String name() {
        return isClean() || severity == MOST_SEVERE ? corruption : corruption + "-" + severity;
    }

    @Override
    public String toString() {
        return name();
    }
}
