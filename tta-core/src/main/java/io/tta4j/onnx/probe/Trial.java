package io.tta4j.onnx.probe;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SharedWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One run of a graph that is not ready for a {@link Probe} yet, on random samples.
 *
 * @param rows how many
 * @param extents of the tensors that were asked for
 * @param outputs the values of the graph's float outputs
 */
public record Trial(int rows, Map<String, long[]> extents, Map<String, float[]> outputs) {

    private static final float TOLERANCE = 1e-4f;

    /**
     * Runs a graph on batches of several sizes.
     *
     * @param graph any graph that runs
     * @param inputs what it is fed
     * @param tensors whose extents to read off
     * @throws io.tta4j.model.ModelException if it does not run
     */
    public static List<Trial> of(Graph graph, List<InputSpec> inputs, Collection<String> tensors, int... sizes) {
        GraphBuilder probe = Probe.copyOf(graph);
        Map<String, String> shapes = new LinkedHashMap<>();
        tensors.forEach(tensor -> shapes.put(tensor, probe.emit("Shape", List.of(tensor))));
        Set<String> asked = new LinkedHashSet<>(shapes.values());
        Set<String> outputs = new LinkedHashSet<>();
        graph.outputs().forEach(output -> outputs.add(output.getName()));
        asked.addAll(outputs);
        asked.forEach(probe::output);
        Batch samples = RandomSamples.of(inputs, Arrays.stream(sizes).max().orElseThrow());
        List<Trial> trials = new ArrayList<>();
        try (SharedWeights weights = SharedWeights.of(graph);
                NativeSession session = Probe.session(probe, graph, weights)) {
            for (int rows : sizes) {
                try (Feed feed = Feed.of(samples.select(IntStream.range(0, rows).toArray()));
                        OrtSession.Result result = session.run(feed.tensors(), asked)) {
                    Trial trial = new Trial(rows, new LinkedHashMap<>(), new LinkedHashMap<>());
                    shapes.forEach((tensor, shape) -> trial.extents.put(tensor, longs(result, shape)));
                    for (String output : outputs) {
                        if (result.get(output).orElseThrow() instanceof OnnxTensor tensor
                                && tensor.getInfo().type == OnnxJavaType.FLOAT) {
                            trial.outputs.put(output, NativeTensors.floats(result, output));
                        }
                    }
                    trials.add(trial);
                }
            }
        }
        return trials;
    }

    private static long[] longs(OrtSession.Result result, String output) {
        OnnxTensor tensor = NativeTensors.tensor(result, output);
        long[] values = new long[Math.toIntExact(tensor.getInfo().getNumElements())];
        tensor.getLongBuffer().get(values);
        return values;
    }

    /** Whether the outputs have as many values a row as those of another run. */
    public boolean hasRowsAs(Trial other) {
        return outputs.keySet().stream()
                .allMatch(output -> (long) values(output) * other.rows == (long) other.values(output) * rows);
    }

    private int values(String output) {
        return Objects.requireNonNull(outputs.get(output)).length;
    }

    /** Whether the outputs are those of another run, but for rounding. */
    public boolean agrees(Trial other) {
        return outputs.keySet().equals(other.outputs.keySet())
                && outputs.entrySet().stream()
                        .allMatch(output ->
                                near(output.getValue(), Objects.requireNonNull(other.outputs.get(output.getKey()))));
    }

    private static boolean near(float[] a, float[] b) {
        float largest = 0;
        for (float value : a) {
            largest = Math.max(largest, Math.abs(value));
        }
        float tolerance = TOLERANCE * largest;
        return a.length == b.length && IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= tolerance);
    }
}
