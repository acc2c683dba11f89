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

/** What is known about a graph: what its probe saw, and its constants. Immutable. */
public final class Facts {

    private final Graph graph;
    private final Observations seen;

    public Facts(Graph graph, Observations seen) {
        this.graph = graph;
        this.seen = seen;
    }

    /** What was seen when the graph ran. */
    public Observations observations() {
        return seen;
    }

    /** The shape of a tensor. */
    public Shape shape(String tensor) {
        Shape shape = seen.shapes().get(tensor);
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
        return seen.integers().containsKey(tensor) || graph.constant(tensor).isPresent();
    }

    /**
     * The values of an integer tensor that are the same whatever the batch, such as the starts of a Slice.
     *
     * @throws ModelException if they depend on the batch or on the data
     */
    public long[] integers(String tensor) {
        long @Nullable [] values = seen.integers().get(tensor);
        if (values != null) {
            return values.clone();
        }
        return graph.constant(tensor)
                .map(Tensors::integers)
                .orElseThrow(() -> new ModelException("the values of tensor '" + tensor
                        + "' must not depend on the batch or on the data for a gradient, but do"));
    }

    /** Where a tensor carries the samples; empty where it does not, or not in whole blocks. */
    public Optional<BatchAxis> batchAxis(String tensor) {
        return Optional.ofNullable(seen.batchAxes().get(tensor));
    }

    /**
     * The same facts about a graph that was rewritten around the same tensors.
     *
     * @param further the shapes of tensors that came with the rewriting
     */
    public Facts about(Graph rewritten, Map<String, Shape> further) {
        return new Facts(rewritten, seen.with(further, Map.of()));
    }

    /**
     * The same facts about a graph that was rewritten around the same tensors.
     *
     * @param twins tensors that came with the rewriting, and which of the others each of them is like
     */
    public Facts withTwins(Graph rewritten, Map<String, String> twins) {
        Map<String, Shape> shapes = new HashMap<>();
        Map<String, BatchAxis> axes = new HashMap<>();
        twins.forEach((twin, tensor) -> {
            shapes.put(twin, shape(tensor));
            batchAxis(tensor).ifPresent(axis -> axes.put(twin, axis));
        });
        return new Facts(rewritten, seen.with(shapes, axes));
    }

    /** The same facts about a graph whose samples were made to interact. */
    public Facts withInteractingSamples() {
        return new Facts(graph, seen.withInteractingSamples());
    }

    /** Whether a row of the logits depends on the same row of the inputs alone. */
    public boolean samplesIndependent() {
        return seen.samplesIndependent();
    }

    /**
     * Whether the rows of what was taken for logits were positive and summed to one: the last defence against
     * probabilities taken as logits, which nothing in the graph may give away.
     */
    public boolean probabilities() {
        return seen.probabilities();
    }
}
