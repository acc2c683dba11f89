package io.tta4j.sar.fisher;

import io.tta4j.file.SafeTensors;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The diagonal of the Fisher information: how much each parameter matters to what the model was trained for (EATA, Niu
 * et al., ICML 2022, section 3.3). A file in the safetensors format holds it by the names of state dictionaries.
 *
 * @param parts by {@code <layer>.weight} and {@code <layer>.bias}; values of at least 0
 */
public record Fisher(Map<String, Vector> parts) {

    private static final SafeTensors.Kind KIND = new SafeTensors.Kind("Fisher", "./tta fisher");

    /** @throws IllegalArgumentException if there is no part, or a value is negative or not finite */
    public Fisher {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("Fisher information must be of at least one parameter, but was of none");
        }
        parts.forEach((name, values) -> {
            for (int i = 0; i < values.size(); i++) {
                boolean valid = 0 <= values.get(i) && values.get(i) <= Float.MAX_VALUE;
                if (!valid) {
                    throw new IllegalArgumentException(
                            "Fisher information must be at least 0 and finite, but in '%s' was %s"
                                    .formatted(name, values.get(i)));
                }
            }
        });
    }

    /**
     * The Fisher information of a model's parameters.
     *
     * @param diagonal P values
     */
    public static Fisher of(AffineLayout layout, Vector diagonal) {
        Map<String, Vector> parts = new LinkedHashMap<>();
        layout.named(diagonal).forEach((name, values) -> parts.put(name, Vector.of(values)));
        return new Fisher(parts);
    }

    /**
     * The diagonal over theta.
     *
     * @return P values
     * @throws IllegalArgumentException if this is not of the model: other parameters, or others of one name
     */
    public Vector over(AffineLayout layout) {
        Map<String, float[]> expected = layout.named(Vector.zeros(layout.size()));
        if (!sizes(expected).equals(sizes(arrays()))) {
            throw new IllegalArgumentException(
                    "Fisher information must be of the model's parameters %s, but was of %s; make it again with %s"
                            .formatted(sizes(expected), sizes(arrays()), KIND.command()));
        }
        float[] diagonal = new float[layout.size()];
        layout.layers().forEach(layer -> {
            copy(layer.name() + ".weight", diagonal, layer.weightOffset());
            layer.biasOffset().ifPresent(offset -> copy(layer.name() + ".bias", diagonal, offset));
        });
        return Vector.of(diagonal);
    }

    private void copy(String name, float[] target, int offset) {
        System.arraycopy(part(name).toArray(), 0, target, offset, part(name).size());
    }

    private Vector part(String name) {
        return Objects.requireNonNull(parts.get(name));
    }

    private Map<String, float[]> arrays() {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        parts.forEach((name, values) -> arrays.put(name, values.toArray()));
        return arrays;
    }

    private static Map<String, Integer> sizes(Map<String, float[]> arrays) {
        Map<String, Integer> sizes = new TreeMap<>();
        arrays.forEach((name, values) -> sizes.put(name, values.length));
        return sizes;
    }

    /** Writes a file's contents; the stream stays open. */
    public void write(OutputStream out) throws IOException {
        Map<String, SafeTensors.Entry> tensors = new LinkedHashMap<>();
        parts.forEach((name, values) -> tensors.put(name, SafeTensors.Entry.of(values)));
        SafeTensors.write(Map.of(), tensors, out);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds no Fisher information; the message says what is wrong with it
     */
    public static Fisher read(Path file) throws IOException {
        SafeTensors tensors = SafeTensors.read(file, KIND);
        Map<String, Vector> parts = tensors.vectors();
        try {
            return new Fisher(parts);
        } catch (IllegalArgumentException e) {
            throw tensors.wrong("in it " + e.getMessage(), e);
        }
    }
}
