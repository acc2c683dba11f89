package io.tta4j.onnx.probe;

import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a probe found out. Immutable. */
public final class Facts {

    private final Graph graph;
    private final Map<String, Shape> shapes;
    private final Map<String, long[]> integers;
    private final Map<String, BatchAxis> batchAxes;
    private final boolean samplesIndependent;
    private final boolean probabilities;

    Facts(
            Graph graph,
            Map<String, Shape> shapes,
            Map<String, long[]> integers,
            Map<String, BatchAxis> batchAxes,
            boolean samplesIndependent,
            boolean probabilities) {
        this.graph = graph;
        this.shapes = Map.copyOf(shapes);
        this.integers = Map.copyOf(integers);
        this.batchAxes = Map.copyOf(batchAxes);
        this.samplesIndependent = samplesIndependent;
        this.probabilities = probabilities;
    }

    /** The shape of a tensor. */
    public Shape shape(String tensor) {
        Shape shape = shapes.get(tensor);
        if (shape != null) {
            return shape;
        }
        return graph.constant(tensor)
                .map(constant -> Shape.fixed(Tensors.shape(constant)))
                .orElseThrow(() -> new ModelException("the extents of tensor '" + tensor
                        + "' are no linear function of the batch size, so it cannot be differentiated through"));
    }

    /** Whether an integer tensor has the same values whatever the batch. */
    public boolean isFixed(String tensor) {
        return integers.containsKey(tensor) || graph.constant(tensor).isPresent();
    }

    /**
     * The values of an integer tensor that are the same whatever the batch, such as the starts of a Slice.
     *
     * @throws ModelException if they depend on the batch or on the data
     */
    public long[] integers(String tensor) {
        long @Nullable [] values = integers.get(tensor);
        if (values != null) {
            return values.clone();
        }
        return graph.constant(tensor)
                .map(Tensors::integers)
                .orElseThrow(() -> new ModelException("the values of tensor '" + tensor
                        + "' must not depend on the batch or on the data for a gradient, but do"));
    }

    /** Where a probed tensor carries the samples; empty where it does not, or not in whole blocks. */
    public Optional<BatchAxis> batchAxis(String tensor) {
        return Optional.ofNullable(batchAxes.get(tensor));
    }

    /**
     * The same facts about a graph that was rewritten around the same tensors.
     *
     * @param further the shapes of tensors that came with the rewriting
     */
    public Facts about(Graph rewritten, Map<String, Shape> further) {
        Map<String, Shape> all = new HashMap<>(shapes);
        all.putAll(further);
        return new Facts(rewritten, all, integers, batchAxes, samplesIndependent, probabilities);
    }

    /** The same facts about a graph whose samples were made to interact. */
    public Facts withInteractingSamples() {
        return new Facts(graph, shapes, integers, batchAxes, false, probabilities);
    }

    Facts with(Map<String, BatchAxis> axes, boolean independent) {
        return new Facts(graph, shapes, integers, axes, independent, probabilities);
    }

    /** Whether a row of the logits depends on the same row of the inputs alone. */
    public boolean samplesIndependent() {
        return samplesIndependent;
    }

    /**
     * Whether the rows of what was taken for logits were positive and summed to one: the last defence against
     * probabilities taken as logits, which nothing in the graph may give away.
     */
    public boolean probabilities() {
        return probabilities;
    }
}
