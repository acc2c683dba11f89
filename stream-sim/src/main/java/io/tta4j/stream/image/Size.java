package io.tta4j.stream.image;

/**
 * Height and width in pixels.
 *
 * @param height at least 1
 * @param width at least 1
 */
public record Size(int height, int width) {

    /** @throws IllegalArgumentException if a side is below one */
    public Size {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "height and width must be at least 1, but were %dx%d".formatted(height, width));
        }
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
