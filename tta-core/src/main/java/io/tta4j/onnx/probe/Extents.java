package io.tta4j.onnx.probe;

import io.tta4j.model.InputSpec;
import io.tta4j.onnx.graph.Graph;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The extents of some tensors, read off on batches of two sizes.
 *
 * @param byTensor negative where an extent is not the same in both; a tensor whose rank is not the same is missing
 */
public record Extents(Map<String, long[]> byTensor) {

    /**
     * Runs a graph.
     *
     * @param graph any graph that runs
     * @param inputs what it is fed
     * @param tensors what to look at
     */
    public static Extents of(Graph graph, List<InputSpec> inputs, Collection<String> tensors) {
        List<Trial> trials = Trial.of(graph, inputs, tensors, 2, 3);
        Map<String, long[]> extents = new HashMap<>(trials.get(0).extents());
        trials.get(1)
                .extents()
                .forEach((tensor, found) -> extents.computeIfPresent(tensor, (name, first) -> common(first, found)));
        return new Extents(extents);
    }

    private static long @Nullable [] common(long[] first, long[] second) {
        return first.length != second.length
                ? null
                : IntStream.range(0, first.length)
                        .mapToLong(axis -> first[axis] == second[axis] ? first[axis] : -1)
                        .toArray();
    }
}
