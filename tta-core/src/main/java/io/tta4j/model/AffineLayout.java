package io.tta4j.model;

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
