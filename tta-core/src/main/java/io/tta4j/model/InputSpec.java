package io.tta4j.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model expects of one input.
 *
 * @param name the input's name
 * @param type the element type
 * @param shape the extents, the batch axis first; {@link #ANY} where any extent is accepted
 */
public record InputSpec(String name, ElementType type, List<Long> shape) {

    /** The extent of an axis that is not fixed. */
    public static final long ANY = -1;

    public InputSpec {
        shape = List.copyOf(shape);
    }

    /**
     * Checks a tensor against this specification.
     *
     * @throws IllegalArgumentException if the element type, the rank or a fixed extent differs
     */
    public void requireAccepts(Tensor tensor) {
        long[] found = tensor.shape();
        boolean fits = found.length == shape.size() && tensor.type() == type;
        for (int axis = 0; fits && axis < found.length; axis++) {
            fits = shape.get(axis) == ANY || shape.get(axis) == found[axis];
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "input '%s' must be %s, but was %s%s".formatted(name, this, tensor.type(), Arrays.toString(found)));
        }
    }

    @Override
    public String toString() {
        return type
                + shape.stream()
                        .map(extent -> extent == ANY ? "N" : extent.toString())
                        .collect(Collectors.joining(", ", "[", "]"));
    }
}
