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
 * How sure the source model is of data like that which it was made for: the distribution of its predictions' entropies,
 * for each class that it predicts. By class, because it is surer of some than of others, and a stream may have one
 * after the other. Classes that are predicted too seldom to have a distribution of their own share one. A small JSON
 * file holds it:
 *
 * <pre>{@code
 * {"format": "tta4j source entropies", "version": 1, "samples": 2000,
 *  "groups": [0, 1, 1, ...], "quantiles": [[0.0003, ...], [0.0001, ...]]}
 * }</pre>
 *
 * <p>It must come from samples that the model was not trained on, of which it would be too sure. Immutable. Files need
 * {@code com.fasterxml.jackson.core:jackson-databind} on the class path, the rest does not.
 *
 * @param samples how many samples it is from: what is not known better than from so many is allowed for
 * @param groups for each of the C classes, which row of quantiles is its; -1 for one that was never predicted
 * @param quantiles of the entropies in nats, a row a group: ascending and evenly spaced, from smallest to largest
 */
public record SourceEntropies(int samples, Vector groups, Matrix quantiles) {

    private static final String FORMAT = "tta4j source entropies";
    private static final int VERSION = 1;
    private static final int QUANTILES = 129;

    /** A class predicted less often shares its distribution with others. */
    private static final int OWN_SAMPLES = 50;

    /** @throws IllegalArgumentException if there are less than two samples or quantiles, or they are out of order */
    public SourceEntropies {
        if (samples < 2 || quantiles.columns() < 2) {
            throw new IllegalArgumentException(
                    "source entropies must be of at least 2 samples and 2 quantiles, but were of %d and %d"
                            .formatted(samples, quantiles.columns()));
        }
        for (int k = 0; k < groups.size(); k++) {
            boolean valid = groups.get(k) == (int) groups.get(k) && -1 <= groups.get(k);
            if (!valid || groups.get(k) >= quantiles.rows()) {
                throw new IllegalArgumentException(
                        "the group of a class must be one of %d, or -1, but that of %d was %s"
                                .formatted(quantiles.rows(), k, groups.get(k)));
            }
        }
        for (int group = 0; group < quantiles.rows(); group++) {
            for (int i = 0; i < quantiles.columns(); i++) {
                boolean ascends = quantiles.get(group, i) >= (i == 0 ? 0 : quantiles.get(group, i - 1));
                if (!ascends || !Float.isFinite(quantiles.get(group, i))) {
                    throw new IllegalArgumentException(
                            "quantiles of entropies must be finite, at least 0 and ascend, but number %d of group %d was %s"
                                    .formatted(i, group, quantiles.get(group, i)));
                }
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
        return of(logits.columns(), predictions.classes(), predictions.entropies());
    }

    /**
     * Those of some predictions.
     *
     * @param classes C
     * @param predicted the class of each
     * @param entropies in nats, as many
     */
    static SourceEntropies of(int classes, float[] predicted, float[] entropies) {
        int[] counts = new int[classes];
        for (float k : predicted) {
            counts[(int) k]++;
        }
        float[] groups = new float[classes];
        int own = 0;
        for (int k = 0; k < classes; k++) {
            groups[k] = counts[k] >= OWN_SAMPLES ? own++ : -1;
        }
        boolean shared = false;
        for (int k = 0; k < classes; k++) {
            if (counts[k] > 0 && groups[k] < 0) {
                groups[k] = own;
                shared = true;
            }
        }
        float[] quantiles = new float[QUANTILES * (own + (shared ? 1 : 0))];
        for (int group = 0; group * QUANTILES < quantiles.length; group++) {
            float[] sorted = sorted(group, groups, predicted, entropies);
            for (int i = 0; i < QUANTILES; i++) {
                quantiles[group * QUANTILES + i] = quantile(sorted, (double) i / (QUANTILES - 1));
            }
        }
        return new SourceEntropies(
                entropies.length, Vector.of(groups), Matrix.of(quantiles.length / QUANTILES, QUANTILES, quantiles));
    }

    private static float[] sorted(int group, float[] groups, float[] predicted, float[] entropies) {
        float[] sorted = new float[entropies.length];
        int size = 0;
        for (int i = 0; i < entropies.length; i++) {
            if (groups[(int) predicted[i]] == group) {
                // Rounding leaves the entropy of what is certain a little below 0.
                sorted[size++] = Math.max(entropies[i], 0);
            }
        }
        float[] all = Arrays.copyOf(sorted, size);
        Arrays.sort(all);
        return all;
    }

    private static float quantile(float[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        double fraction = position - below;
        return (float) ((1 - fraction) * sorted[below] + fraction * sorted[above]);
    }

    /** @throws IllegalArgumentException if the model that they are of has another number of classes */
    void requireClasses(int number) {
        if (classes() != number) {
            throw new IllegalArgumentException(
                    "source entropies must be of a model of %d classes, but were of one of %d; calibrate with this model"
                            .formatted(number, classes()));
        }
    }

    /** C of the model. */
    public int classes() {
        return groups.size();
    }

    /**
     * Which share of the source's entropies with that prediction is lower, in 0..1: evenly spread where the entropy is
     * of the source's distribution. Of entropies that are equal one half counts as lower; without an answer where the
     * source never predicted that class, 1/2.
     *
     * @param entropy in nats
     * @param predicted the class, in 0..C-1
     */
    public double rank(double entropy, int predicted) {
        int group = (int) groups.get(predicted);
        if (group < 0) {
            return 0.5;
        }
        int last = quantiles.columns() - 1;
        int lower = first(group, entropy, false);
        int upTo = first(group, entropy, true);
        if (upTo > lower) {
            return (lower + upTo - 1) / 2.0 / last;
        }
        if (lower == 0) {
            return 0;
        }
        if (lower > last) {
            return 1;
        }
        double below = quantiles.get(group, lower - 1);
        return (lower - 1 + (entropy - below) / (quantiles.get(group, lower) - below)) / last;
    }

    /** The first quantile that is not below an entropy, or above it; their number if there is none. */
    private int first(int group, double entropy, boolean above) {
        int from = 0;
        int to = quantiles.columns();
        while (from < to) {
            int middle = (from + to) >>> 1;
            float quantile = quantiles.get(group, middle);
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
                .put("samples", samples);
        ArrayNode classes = root.putArray("groups");
        for (int k = 0; k < groups.size(); k++) {
            classes.add((int) groups.get(k));
        }
        ArrayNode rows = root.putArray("quantiles");
        for (int group = 0; group < quantiles.rows(); group++) {
            ArrayNode row = rows.addArray();
            for (float quantile : quantiles.row(group)) {
                row.add(quantile);
            }
        }
        out.write(json.writeValueAsBytes(root));
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds no source entropies; the message says what is wrong with it
     */
    public static SourceEntropies read(Path file) throws IOException {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw wrong(file, "it is no JSON", e);
        }
        if (!FORMAT.equals(root.path("format").asText())) {
            throw wrong(file, "its format is not '%s'".formatted(FORMAT));
        }
        if (root.path("version").asInt() != VERSION) {
            throw wrong(file, "its version is %s and not %d".formatted(root.path("version"), VERSION));
        }
        try {
            List<Matrix> rows = new ArrayList<>();
            for (JsonNode row : root.path("quantiles")) {
                rows.add(Matrix.of(1, row.size(), floats(row)));
            }
            Matrix quantiles = rows.isEmpty() ? Matrix.of(0, 0, new float[0]) : Matrix.concatenate(rows);
            return new SourceEntropies(root.path("samples").asInt(), Vector.of(floats(root.path("groups"))), quantiles);
        } catch (IllegalArgumentException e) {
            throw wrong(file, "in it " + e.getMessage(), e);
        }
    }

    private static float[] floats(JsonNode numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) numbers.path(i).asDouble(Double.NaN);
        }
        return values;
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
