package io.tta4j.model;

/**
 * Where batch norm takes its means and variances from: a blend {@code w * batch + (1 - w) * source} of those of the
 * batch at hand (over samples and space, the variance biased) and those that were fixed in training.
 *
 * <p>With any weight on the batch a sample's logits depend on the whole batch, and gradients go through the statistics.
 *
 * @param batchWeight w, in 0..1
 */
public record Statistics(double batchWeight) {

    /** Those of training: batch norm as it is served. */
    public static final Statistics SOURCE = new Statistics(0);

    /** Those of the batch: batch norm as in training, and as SAR and Tent were published. */
    public static final Statistics BATCH = new Statistics(1);

    public Statistics {
        boolean inRange = 0 <= batchWeight && batchWeight <= 1;
        if (!inRange) {
            throw new IllegalArgumentException("the weight of the batch must be in 0..1, but was " + batchWeight);
        }
        // Minus zero is zero.
        batchWeight += 0.0;
    }

    /**
     * Statistics from a setting's text.
     *
     * @param setting the setting's full name for messages, such as {@code sar.statistics}
     * @param text {@code source}, {@code batch}, or the weight of the batch, in 0..1
     * @throws IllegalArgumentException if the text is none of these
     */
    public static Statistics parse(String setting, String text) {
        return switch (text.strip()) {
            case "source" -> SOURCE;
            case "batch" -> BATCH;
            default -> {
                try {
                    yield new Statistics(Double.parseDouble(text));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "%s must be source, batch, or a weight of the batch in 0..1, but was '%s'"
                                    .formatted(setting, text),
                            e);
                }
            }
        };
    }

    /** Whether the batch has any part in them. */
    public boolean useBatch() {
        return batchWeight > 0;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        if (equals(SOURCE)) {
            return "source";
        }
        return equals(BATCH) ? "batch" : Double.toString(batchWeight);
    }
}
