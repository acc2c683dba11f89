package io.tta4j.model;

import java.util.OptionalDouble;

/**
 * Where batch norm takes its means and variances from: those that were fixed in training, a blend {@code w * batch + (1
 * - w) * source} with those of the batch at hand (over samples and space, the variance biased), or a moving average
 * over the stream.
 *
 * <p>With any weight on the batch a sample's logits depend on the whole batch, and gradients go through the statistics.
 *
 * <p>Moving statistics start at the source's, and every sample of the stream has a share in them. A batch moves them
 * before it is answered; to its gradients they are constants, which leaves samples independent.
 *
 * @param batchWeight w, in 0..1; 0 for moving statistics
 * @param window how many samples a moving average looks back on in the first layer, at least 1: each has a share of
 *     {@code 1 / window}, however many come in one batch. {@linkplain BatchNorms#rates Deeper layers} look back
 *     further. Empty where nothing moves
 * @param whereThereAre whether a model that has no statistics to move is served as it is; it is refused otherwise. Only
 *     where statistics move
 */
public record Statistics(double batchWeight, OptionalDouble window, boolean whereThereAre) {

    /** Those of training: batch norm as it is served. */
    public static final Statistics SOURCE = new Statistics(0);

    /** Those of the batch: batch norm as in training, and as SAR and Tent were published. */
    public static final Statistics BATCH = new Statistics(1);

    private static final double DEFAULT_WINDOW = 300;

    /** A moving average with the default window. */
    public static final Statistics MOVING = moving(DEFAULT_WINDOW);

    /**
     * A moving average with the default window where the model has batch norm that can take it, and the model as it is
     * served where it has none: what does no harm to any model.
     */
    public static final Statistics AUTO = new Statistics(0, MOVING.window, true);

    public Statistics {
        boolean inRange = 0 <= batchWeight && batchWeight <= 1;
        if (!inRange) {
            throw new IllegalArgumentException("the weight of the batch must be in 0..1, but was " + batchWeight);
        }
        // Minus zero is zero.
        batchWeight += 0.0;
        window.ifPresent(Statistics::requireWindow);
        if (window.isPresent() && batchWeight > 0) {
            throw new IllegalArgumentException(
                    "the weight of the batch must be 0 where statistics move, but was " + batchWeight);
        }
        if (whereThereAre && window.isEmpty()) {
            throw new IllegalArgumentException("statistics must move where there are any, but there was no window");
        }
    }

    private static void requireWindow(double window) {
        boolean inRange = 1 <= window && window < Double.POSITIVE_INFINITY;
        if (!inRange) {
            throw new IllegalArgumentException(
                    "the window of moving statistics must be at least 1 sample, but was " + window);
        }
    }

    /** A blend of the statistics of the batch, by their weight in 0..1, and those of training. */
    public Statistics(double batchWeight) {
        this(batchWeight, OptionalDouble.empty(), false);
    }

    /** A moving average over so many samples. */
    public static Statistics moving(double window) {
        return new Statistics(0, OptionalDouble.of(window), false);
    }

    /**
     * Statistics from a setting's text.
     *
     * @param setting the setting's full name for messages, such as {@code sar.statistics}
     * @param text {@code auto}, {@code source}, {@code batch}, the weight of the batch in 0..1, {@code moving}, or
     *     {@code moving(window)} with the window in samples
     * @throws IllegalArgumentException if the text is none of these
     */
    public static Statistics parse(String setting, String text) {
        String name = text.strip();
        try {
            return switch (name) {
                case "auto" -> AUTO;
                case "source" -> SOURCE;
                case "batch" -> BATCH;
                case "moving" -> MOVING;
                default ->
                    name.startsWith("moving(") && name.endsWith(")")
                            ? moving(Double.parseDouble(name.substring("moving(".length(), name.length() - 1)))
                            : new Statistics(Double.parseDouble(name));
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s must be auto, source, batch, a weight of the batch in 0..1, moving, or moving(window) with a window of at least 1 sample, but was '%s'"
                            .formatted(setting, text),
                    e);
        }
    }

    /** Whether the batch at hand has any part in them. */
    public boolean useBatch() {
        return batchWeight > 0;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        if (equals(AUTO)) {
            return "auto";
        }
        if (equals(MOVING)) {
            return "moving";
        }
        if (window.isPresent()) {
            return "moving(" + window.getAsDouble() + ")";
        }
        if (equals(SOURCE)) {
            return "source";
        }
        return equals(BATCH) ? "batch" : Double.toString(batchWeight);
    }
}
