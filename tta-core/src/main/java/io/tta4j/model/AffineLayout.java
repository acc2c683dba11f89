package io.tta4j.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the flat vector theta is made up: the norm layers in graph order, each with its scales followed by its shifts.
 *
 * @param layers the norm layers, in graph order, with unique names
 * @param size P, the number of parameters
 */
public record AffineLayout(List<NormLayer> layers, int size) {

    public AffineLayout {
        layers = List.copyOf(layers);
    }

    /**
     * Checks that a theta is of this layout.
     *
     * @throws IllegalArgumentException if it has another number of values than P
     */
    public void requireFits(Vector theta) {
        if (theta.size() != size) {
            throw new IllegalArgumentException("theta must have %d values, but had %d".formatted(size, theta.size()));
        }
    }

    /**
     * What tells this layout with these values from others: the first half of a SHA-256, in hexadecimal digits.
     *
     * @param flat P values
     */
    public String fingerprint(Vector flat) {
        requireFits(flat);
        ByteBuffer bits = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        flat.copyTo(bits.asFloatBuffer());
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (NormLayer layer : layers) {
                String line = "%s %s %d %d %d\n"
                        .formatted(
                                layer.name(),
                                layer.kind(),
                                layer.width(),
                                layer.weightOffset(),
                                layer.biasOffset().orElse(-1));
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            }
            digest.update(bits);
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * The parts of a flat vector under the names that state dictionaries use, {@code <layer>.weight} and
     * {@code <layer>.bias}, in layout order.
     *
     * @param flat P values
     */
    public Map<String, float[]> named(Vector flat) {
        if (flat.size() != size) {
            throw new IllegalArgumentException(
                    "a vector over this layout must have " + size + " values, but had " + flat.size());
        }
        Map<String, float[]> parts = new LinkedHashMap<>();
        for (NormLayer layer : layers) {
            parts.put(layer.name() + ".weight", flat.slice(layer.weightOffset(), layer.width()));
            layer.biasOffset()
                    .ifPresent(offset -> parts.put(layer.name() + ".bias", flat.slice(offset, layer.width())));
        }
        return parts;
    }
}
