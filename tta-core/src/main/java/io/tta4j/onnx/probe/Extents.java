package io.tta4j.onnx.probe;

import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The extents of some tensors of a graph that is not ready for a {@link Probe} yet, read off on batches of two sizes.
 *
 * @param byTensor negative where an extent is not the same in both; a tensor whose rank is not the same is missing
 */
public record Extents(Map<String, long[]> byTensor) {

    private static final int[] BATCHES = {2, 3};

    /**
     * Runs a graph.
     *
     * @param graph any graph that runs
     * @param inputs what it is fed
     * @param tensors what to look at
     */
    public static Extents of(Graph graph, List<InputSpec> inputs, Collection<String> tensors) {
        GraphBuilder probe = Probe.copyOf(graph);
        Map<String, String> outputs = new LinkedHashMap<>();
        tensors.forEach(tensor -> outputs.put(tensor, probe.emit("Shape", List.of(tensor))));
        outputs.values().forEach(probe::output);
        Batch samples = RandomSamples.of(inputs, BATCHES[1]);
        List<Map<String, long[]>> runs = new ArrayList<>();
        try (NativeSession session = Probe.session(probe, graph)) {
            for (int rows : BATCHES) {
                try (Feed feed = Feed.of(samples.select(IntStream.range(0, rows).toArray()));
                        OrtSession.Result result = session.run(feed.tensors(), new LinkedHashSet<>(outputs.values()))) {
                    Map<String, long[]> shapes = new LinkedHashMap<>();
                    outputs.forEach((tensor, output) -> shapes.put(tensor, longs(result, output)));
                    runs.add(shapes);
                }
            }
        }
        Map<String, long[]> extents = new HashMap<>(runs.get(0));
        runs.get(1).forEach((tensor, found) -> extents.computeIfPresent(tensor, (name, first) -> common(first, found)));
        return new Extents(extents);
    }

    private static long[] longs(OrtSession.Result result, String output) {
        long[] values = new long
                [Math.toIntExact(NativeTensors.tensor(result, output).getInfo().getNumElements())];
        NativeTensors.tensor(result, output).getLongBuffer().get(values);
        return values;
    }

    private static long @Nullable [] common(long[] first, long[] second) {
        return first.length != second.length
                ? null
                : IntStream.range(0, first.length)
                        .mapToLong(axis -> first[axis] == second[axis] ? first[axis] : -1)
                        .toArray();
    }
}
