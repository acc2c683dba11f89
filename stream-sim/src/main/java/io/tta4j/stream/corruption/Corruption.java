package io.tta4j.stream.corruption;

/**
 * A way to spoil an image, in five severities; Hendrycks and Dietterich, Benchmarking Neural Network Robustness to
 * Common Corruptions and Perturbations, ICLR 2019 (arXiv 1903.12261).
 *
 * <p>The same image, severity and seed give the same pixels on every machine. The random numbers are not those of the
 * published Python, so pixels agree with published files in distribution, not one by one, wherever chance is involved.
 */
public interface Corruption {

    /** The mildest severity. */
    int MIN_SEVERITY = 1;

    /** The strongest severity. */
    int MAX_SEVERITY = 5;

    /** The field's name in snake case, as in {@code gaussian_noise}. */
    String name();

    /**
     * Corrupts one image.
     *
     * @param pixels RGB, unsigned bytes in HWC order, {@code height * width * 3} of them; left as they are
     * @param height in pixels
     * @param width in pixels
     * @param severity 1 to 5
     * @param seed what the random part depends on: one per image
     * @return the corrupted image, of the same shape
     */
    byte[] apply(byte[] pixels, int height, int width, int severity, long seed);
}
