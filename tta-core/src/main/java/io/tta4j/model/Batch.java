package io.tta4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The inputs of one request: named tensors with the same number of rows. Immutable in the sense of {@link Tensor}. */
public final class Batch {

    private final Map<String, Tensor> inputs;
    private final int rows;

    private Batch(Map<String, Tensor> inputs, int rows) {
        this.inputs = inputs;
        this.rows = rows;
    }

    /**
     * A batch of several inputs.
     *
     * @throws IllegalArgumentException if there is no input or the inputs differ in rows
     */
    public static Batch of(Map<String, Tensor> inputs) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one input, but had none");
        }
        int rows = inputs.values().iterator().next().rows();
        inputs.forEach((name, tensor) -> {
            if (tensor.rows() != rows) {
                throw new IllegalArgumentException(
                        "all inputs of a batch must have the same rows, but input '%s' had %d where another had %d"
                                .formatted(name, tensor.rows(), rows));
            }
        });
        return new Batch(Collections.unmodifiableMap(new LinkedHashMap<>(inputs)), rows);
    }

    /** A batch of one input. */
    public static Batch of(String name, Tensor tensor) {
        return of(Map.of(name, tensor));
    }

    /**
     * The rows of several batches, one after the other, copied.
     *
     * @param parts at least one, all with the same inputs, of the same types and trailing shapes
     * @throws IllegalArgumentException if there is none, or two do not go together
     */
    public static Batch concatenate(List<Batch> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one batch to join, but there was none");
        }
        Map<String, Tensor> joined = new LinkedHashMap<>();
        for (String name : parts.get(0).inputs.keySet()) {
            joined.put(
                    name,
                    Tensor.concatenate(
                            parts.stream().map(part -> part.input(name)).toList()));
        }
        return of(joined);
    }

    private Tensor input(String name) {
        Tensor tensor = inputs.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "batches must all have an input '%s', but one had %s".formatted(name, inputs.keySet()));
        }
        return tensor;
    }

    /** The inputs by name. */
    public Map<String, Tensor> inputs() {
        return inputs;
    }

    /** The number of samples N. */
    public int rows() {
        return rows;
    }

    /**
     * Checks the batch against what a model expects.
     *
     * @throws IllegalArgumentException if an input is missing, unknown, or of another type or shape
     */
    public void requireFits(List<InputSpec> specs) {
        if (inputs.size() != specs.size() || specs.stream().anyMatch(spec -> !inputs.containsKey(spec.name()))) {
            throw new IllegalArgumentException("inputs must be %s, but were %s"
                    .formatted(specs.stream().map(InputSpec::name).toList(), inputs));
        }
        specs.forEach(spec -> spec.requireAccepts(Objects.requireNonNull(inputs.get(spec.name()))));
    }

    /** A batch that holds a copy of the given rows, in the order given. */
    public Batch select(int... selected) {
        Map<String, Tensor> selection = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> selection.put(name, tensor.select(selected)));
        return new Batch(Collections.unmodifiableMap(selection), selected.length);
    }

    /**
     * A batch over some rows of the same memory; nothing is copied.
     *
     * @throws IndexOutOfBoundsException if the rows are not in 0..N
     * @throws IllegalArgumentException if there is none
     */
    public Batch slice(int from, int to) {
        Map<String, Tensor> slices = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> slices.put(name, tensor.slice(from, to)));
        return new Batch(Collections.unmodifiableMap(slices), to - from);
    }

    @Override
    public String toString() {
        return inputs.toString();
    }
}
