package io.tta4j.onnx.probe;

import ai.onnx.proto.OnnxMl.TensorProto;
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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds conditions that have the same value for every batch: they are constant, or depend on shapes alone and come out
 * the same for batches of several sizes, one among them.
 */
public final class Conditions {

    private static final int[] BATCHES = {1, 2, 3, 5};

    private Conditions() {}

    /**
     * The value of each condition that has only one.
     *
     * @param graph a graph with its constants folded
     * @param inputs what it is fed
     * @param conditions scalars of bool
     */
    public static Map<String, Boolean> decided(Graph graph, List<InputSpec> inputs, Set<String> conditions) {
        Map<String, Boolean> decided = new HashMap<>();
        Set<String> data = graph.reachable(
                graph.inputs().stream().map(input -> input.getName()).toList(),
                node -> !Probe.SHAPE_OPERATORS.contains(node.operator()));
        Set<String> asked = new LinkedHashSet<>();
        for (String condition : conditions) {
            graph.constant(condition).ifPresentOrElse(constant -> decided.put(condition, isTrue(constant)), () -> {
                if (!data.contains(condition)) {
                    asked.add(condition);
                }
            });
        }
        if (!asked.isEmpty()) {
            decided.putAll(probed(graph, inputs, asked));
        }
        return decided;
    }

    private static boolean isTrue(TensorProto constant) {
        return constant.hasRawData() ? constant.getRawData().byteAt(0) != 0 : constant.getInt32Data(0) != 0;
    }

    private static Map<String, Boolean> probed(Graph graph, List<InputSpec> inputs, Set<String> asked) {
        Map<String, Boolean> values = new HashMap<>();
        Set<String> changing = new LinkedHashSet<>();
        GraphBuilder probe = Probe.copyOf(graph);
        asked.forEach(probe::output);
        Batch samples = RandomSamples.of(inputs, BATCHES[BATCHES.length - 1]);
        try (SharedWeights weights = SharedWeights.of(graph);
                NativeSession session = Probe.session(probe, graph, weights)) {
            for (int rows : BATCHES) {
                try (Feed feed = Feed.of(samples.select(IntStream.range(0, rows).toArray()));
                        OrtSession.Result result = session.run(feed.tensors(), asked)) {
                    for (String condition : asked) {
                        OnnxTensor tensor = NativeTensors.tensor(result, condition);
                        boolean value = tensor.getByteBuffer().get(0) != 0;
                        Boolean before = values.putIfAbsent(condition, value);
                        if (before != null && before != value) {
                            changing.add(condition);
                        }
                    }
                }
            }
        }
        values.keySet().removeAll(changing);
        return values;
    }
}
