package io.tta4j.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How sure the source model is of data like that which it was made for: the distribution of its predictions' entropies.
 * A small JSON file holds it:
 *
 * <pre>{@code
 * {"format": "tta4j source entropies", "version": 1, "classes": 10, "samples": 2000, "quantiles": [0.0003, ...]}
 * }</pre>
 *
 * <p>It must come from samples that the model was not trained on, of which it would be too sure. Immutable. Files need
 * {@code com.fasterxml.jackson.core:jackson-databind} on the class path, the rest does not.
 *
 * @param classes C of the model
 * @param samples how many samples it is from: what is not known better than from so many is allowed for
 * @param quantiles of the entropies in nats, ascending and evenly spaced, from the smallest to the largest
 */
public record SourceEntropies(int classes, int samples, Vector quantiles) {

    private static final String FORMAT = "tta4j source entropies";
    private static final int VERSION = 1;
    private static final int QUANTILES = 257;

    /** @throws IllegalArgumentException if there are less than two quantiles or samples, or they are out of order */
    public SourceEntropies {
        if (samples < 2 || quantiles.size() < 2) {
            throw new IllegalArgumentException(
                    "source entropies must be of at least 2 samples and 2 quantiles, but were of %d and %d"
                            .formatted(samples, quantiles.size()));
        }
        for (int i = 0; i < quantiles.size(); i++) {
            boolean ascends = quantiles.get(i) >= (i == 0 ? 0 : quantiles.get(i - 1));
            if (!ascends || !Float.isFinite(quantiles.get(i))) {
                throw new IllegalArgumentException(
                        "quantiles of entropies must be finite, at least 0 and ascend, but number %d was %s"
                                .formatted(i, quantiles.get(i)));
            }
        }
    }

    /**
     * Those of some predictions.
     *
     * @param logits of the source model, shape [N, C]; at least two rows that are finite
     */
    public static SourceEntropies of(Matrix logits) {
        Predictions predictions = Predictions.of(logits);
        float[] entropies = new float[logits.rows()];
        int finite = 0;
        for (int row = 0; row < logits.rows(); row++) {
            double entropy = predictions.entropy(row);
            if (!Double.isNaN(entropy)) {
                entropies[finite++] = (float) entropy;
            }
        }
        return ofEntropies(logits.columns(), Arrays.copyOf(entropies, finite));
    }

    static SourceEntropies ofEntropies(int classes, float... entropies) {
        float[] sorted = entropies.clone();
        for (int i = 0; i < sorted.length; i++) {
            // Rounding leaves the entropy of what is certain a little below 0.
            sorted[i] = Math.max(sorted[i], 0);
        }
        Arrays.sort(sorted);
        float[] quantiles = new float[Math.min(QUANTILES, sorted.length)];
        for (int i = 0; i < quantiles.length; i++) {
            double position = (double) i * (sorted.length - 1) / (quantiles.length - 1);
            int below = (int) position;
            int above = Math.min(below + 1, sorted.length - 1);
            double fraction = position - below;
            quantiles[i] = (float) ((1 - fraction) * sorted[below] + fraction * sorted[above]);
        }
        return new SourceEntropies(classes, sorted.length, Vector.of(quantiles));
    }

    /**
     * Which share of the source's entropies is lower, in 0..1: even where the entropy is of the source's distribution.
     * Of entropies that are equal one half counts as lower.
     */
    public double rank(double entropy) {
        int last = quantiles.size() - 1;
        int lower = first(entropy, false);
        int upTo = first(entropy, true);
        if (upTo > lower) {
            return (lower + upTo - 1) / 2.0 / last;
        }
        if (lower == 0) {
            return 0;
        }
        if (lower > last) {
            return 1;
        }
        double below = quantiles.get(lower - 1);
        return (lower - 1 + (entropy - below) / (quantiles.get(lower) - below)) / last;
    }

    /** The first quantile that is not below an entropy, or above it; their number if there is none. */
    private int first(double entropy, boolean above) {
        int from = 0;
        int to = quantiles.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            float quantile = quantiles.get(middle);
            if (quantile < entropy || (above && quantile == entropy)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** Writes a file's contents; the stream stays open. */
    public void write(OutputStream out) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode()
                .put("format", FORMAT)
                .put("version", VERSION)
                .put("classes", classes)
                .put("samples", samples);
        ArrayNode values = root.putArray("quantiles");
        for (int i = 0; i < quantiles.size(); i++) {
            values.add(quantiles.get(i));
        }
        out.write(json.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds no source entropies; the message says what is wrong with it
     */
    public static SourceEntropies read(Path file) throws IOException {
        try {
            JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
            if (!FORMAT.equals(root.path("format").asText())) {
                throw wrong(file, "its format is not '%s'".formatted(FORMAT));
            }
            if (root.path("version").asInt() != VERSION) {
                throw wrong(file, "its version is %s and not %d".formatted(root.path("version"), VERSION));
            }
            List<Float> values = new ArrayList<>();
            root.path("quantiles").forEach(value -> values.add((float) value.asDouble(Double.NaN)));
            float[] quantiles = new float[values.size()];
            for (int i = 0; i < quantiles.length; i++) {
                quantiles[i] = values.get(i);
            }
            return new SourceEntropies(
                    root.path("classes").asInt(), root.path("samples").asInt(), Vector.of(quantiles));
        } catch (JsonProcessingException e) {
            throw wrong(file, "it is no JSON", e);
        }
    }

    private static IllegalArgumentException wrong(Path file, String what, Throwable... cause) {
        IllegalArgumentException wrong = new IllegalArgumentException(
                "'%s' must be a file of source entropies, but %s".formatted(file.getFileName(), what));
        if (cause.length > 0) {
            wrong.initCause(cause[0]);
        }
        return wrong;
    }
}
