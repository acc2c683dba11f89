package io.tta4j.onnx.probe;

import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Shape;
import java.util.HashMap;
import java.util.Map;

/**
 * What was seen when a graph ran, by tensor name: without the graph, and so without its weights.
 *
 * @param shapes of all tensors that depend on an input and whose extents are linear functions of the batch
 * @param integers the values of integer tensors that depend on shapes, and are the same for every batch
 * @param batchAxes where tensors carry the samples
 * @param samplesIndependent whether a row of the logits depends on the same row of the inputs alone
 * @param probabilities whether rows of what was taken for logits were positive and summed to one
 */
public record Observations(
        Map<String, Shape> shapes,
        Map<String, long[]> integers,
        Map<String, BatchAxis> batchAxes,
        boolean samplesIndependent,
        boolean probabilities) {

    public Observations {
        shapes = Map.copyOf(shapes);
        integers = Map.copyOf(integers);
        batchAxes = Map.copyOf(batchAxes);
    }

    /** These, and the shapes and axes of more tensors. */
    Observations with(Map<String, Shape> furtherShapes, Map<String, BatchAxis> furtherAxes) {
        Map<String, Shape> allShapes = new HashMap<>(shapes);
        allShapes.putAll(furtherShapes);
        Map<String, BatchAxis> allAxes = new HashMap<>(batchAxes);
        allAxes.putAll(furtherAxes);
        return new Observations(allShapes, integers, allAxes, samplesIndependent, probabilities);
    }

    Observations withInteractingSamples() {
        return new Observations(shapes, integers, batchAxes, false, probabilities);
    }
}
