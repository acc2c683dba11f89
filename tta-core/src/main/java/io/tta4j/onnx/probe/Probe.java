package io.tta4j.onnx.probe;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SharedWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Learns about a graph by running it on batches of 2, 3 and 5 random samples and on 3 of them in another order.
 *
 * <p>Running says what no inference can: sizes alone do not tell an axis of extent k * N as (N, k) from (k, N), and
 * whether samples interact shows only in the numbers.
 */
public final class Probe {

    static final Set<String> SHAPE_OPERATORS = Set.of("Shape", "Size");
    private static final Set<String> RANDOM_OPERATORS = Set.of(
            "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial", "Bernoulli");
    private static final int[] BATCHES = {2, 3, 5};
    private static final int LARGEST = 5;
    private static final int[] PERMUTATION = {2, 0, 1};
    private static final float TOLERANCE = 1e-3f;
    private static final double PROBABILITY_TOLERANCE = 1e-4;

    private final Graph graph;
    private final Batch samples;

    /**
     * @param graph a graph with its constants folded
     * @param inputs what the graph is fed; only the batch axis may be of any extent
     */
    public Probe(Graph graph, List<InputSpec> inputs) {
        this.graph = graph;
        this.samples = RandomSamples.of(inputs, LARGEST);
    }

    /**
     * The same graph with every part that depends on no input computed once and stored as a constant, and without the
     * constants that nothing reads then: weights that were transposed, for one, would be kept twice.
     */
    public static Graph foldConstants(Graph graph) {
        Set<String> varying = graph.reachable(
                graph.inputs().stream().map(input -> input.getName()).toList(), node -> true);
        Set<Node> foldable = new LinkedHashSet<>();
        Set<String> constant = new LinkedHashSet<>(graph.initializers().keySet());
        for (Node node : graph.nodes()) {
            boolean fold = !RANDOM_OPERATORS.contains(node.operator())
                    && constant.containsAll(node.reads())
                    && node.outputs().stream().noneMatch(varying::contains);
            if (fold) {
                foldable.add(node);
                constant.addAll(node.outputs());
            }
        }
        if (foldable.isEmpty()) {
            return graph;
        }
        Set<String> read = graph.nodes().stream()
                .filter(node -> !foldable.contains(node))
                .flatMap(node -> node.reads().stream())
                .collect(Collectors.toSet());
        graph.outputs().forEach(output -> read.add(output.getName()));
        GraphBuilder constants = new GraphBuilder();
        graph.initializers().values().forEach(constants::initializer);
        List<String> results = new ArrayList<>();
        for (Node node : foldable) {
            constants.copy(node.proto());
            node.outputs().stream().filter(read::contains).forEach(results::add);
        }
        results.forEach(constants::output);
        ModelProto.Builder folded = graph.model().toBuilder();
        folded.getGraphBuilder().clearNode().clearInitializer();
        graph.initializers().values().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .forEach(folded.getGraphBuilder()::addInitializer);
        graph.nodes().stream()
                .filter(node -> !foldable.contains(node))
                .forEach(node -> folded.getGraphBuilder().addNode(node.proto()));
        if (!results.isEmpty()) {
            try (NativeSession session = session(constants, graph);
                    OrtSession.Result values = session.run(Map.of(), new LinkedHashSet<>(results))) {
                results.forEach(name -> folded.getGraphBuilder()
                        .addInitializer(Constants.of(name, NativeTensors.tensor(values, name))));
            }
        }
        return new Graph(folded.build());
    }

    /**
     * Shapes of all tensors that depend on data, values of all integer tensors that depend on shapes, and whether
     * samples are independent.
     *
     * @param logits the tensor [N, C] by which independence is judged
     */
    public Facts facts(String logits) {
        List<String> inputs =
                graph.inputs().stream().map(input -> input.getName()).toList();
        Set<String> data = graph.reachable(inputs, node -> !SHAPE_OPERATORS.contains(node.operator()));
        Set<String> varying = graph.reachable(inputs, node -> true);
        GraphBuilder probe = copyOfGraph();
        Map<String, String> shapeOutputs = new LinkedHashMap<>();
        Set<String> outputs = new LinkedHashSet<>(List.of(logits));
        for (String tensor : varying) {
            if (tensor.isEmpty()) {
                continue;
            }
            String shape = probe.emit("Shape", List.of(tensor));
            shapeOutputs.put(tensor, shape);
            outputs.add(shape);
            if (!data.contains(tensor)) {
                outputs.add(tensor);
            }
        }
        outputs.forEach(probe::output);

        List<Run> runs = runs(probe, outputs, logits);
        Map<String, Shape> shapes = new HashMap<>();
        shapeOutputs.forEach((tensor, output) -> linear(runs, output).ifPresent(shape -> shapes.put(tensor, shape)));
        Map<String, long[]> integers = new HashMap<>();
        for (String tensor : varying) {
            if (!data.contains(tensor)) {
                sameInAll(runs, tensor).ifPresent(values -> integers.put(tensor, values));
            }
        }
        float[] ofAll = runs.get(runs.size() - 1).logits().toArray();
        boolean independent =
                runs.stream().allMatch(run -> startsWith(ofAll, run.logits().toArray()));
        return new Facts(graph, shapes, integers, Map.of(), independent, rowsSumToOne(ofAll));
    }

    private static boolean rowsSumToOne(float[] values) {
        int columns = values.length / LARGEST;
        return IntStream.range(0, LARGEST).allMatch(row -> {
            double sum = 0;
            for (int column = 0; column < columns; column++) {
                float value = values[row * columns + column];
                sum += value >= 0 ? value : Double.NaN;
            }
            return Math.abs(sum - 1) <= PROBABILITY_TOLERANCE;
        });
    }

    /** What one batch showed: all integer outputs, and the logits. */
    private record Run(Map<String, long[]> integers, Matrix logits) {

        Optional<long[]> values(String output) {
            return Optional.ofNullable(integers.get(output));
        }
    }

    private List<Run> runs(GraphBuilder probe, Set<String> outputs, String logits) {
        List<Run> runs = new ArrayList<>();
        try (NativeSession session = session(probe, graph)) {
            for (int rows : BATCHES) {
                Batch batch = samples.select(IntStream.range(0, rows).toArray());
                try (Feed feed = Feed.of(batch);
                        OrtSession.Result result = session.run(feed.tensors(), outputs)) {
                    Map<String, long[]> integers = new HashMap<>();
                    for (String output : outputs) {
                        integers(result.get(output).orElseThrow()).ifPresent(values -> integers.put(output, values));
                    }
                    float[] values = NativeTensors.floats(result, logits);
                    runs.add(new Run(integers, Matrix.of(1, values.length, values)));
                }
            }
        }
        return runs;
    }

    private static Optional<long[]> sameInAll(List<Run> runs, String tensor) {
        return runs.get(0)
                .values(tensor)
                .filter(first -> runs.stream()
                        .allMatch(run -> run.values(tensor)
                                .filter(values -> Arrays.equals(values, first))
                                .isPresent()));
    }

    /** The same facts, and where the given float tensors carry the samples. */
    public Facts withBatchAxes(Facts facts, Collection<String> tensors, String logits) {
        Set<String> outputs = new LinkedHashSet<>(tensors);
        outputs.add(logits);
        Map<String, BatchAxis> axes = new HashMap<>();
        GraphBuilder probe = copyOfGraph();
        outputs.forEach(probe::output);
        try (NativeSession session = session(probe, graph);
                Feed stored = Feed.of(samples.select(0, 1, 2));
                Feed permuted = Feed.of(samples.select(PERMUTATION));
                OrtSession.Result before = session.run(stored.tensors(), outputs);
                OrtSession.Result after = session.run(permuted.tensors(), outputs)) {
            for (String tensor : outputs) {
                batchAxis(
                                facts.shape(tensor),
                                NativeTensors.floats(before, tensor),
                                NativeTensors.floats(after, tensor))
                        .ifPresent(axis -> axes.put(tensor, axis));
            }
        }
        // A row that depends on those before it passes the comparison of batches of several sizes, but not this one.
        boolean independent = facts.samplesIndependent() && axes.containsKey(logits);
        return facts.with(axes, independent);
    }

    private static Optional<BatchAxis> batchAxis(Shape shape, float[] before, float[] after) {
        for (int axis = 0; axis < shape.rank(); axis++) {
            Extent extent = shape.extent(axis);
            if (extent.isFixed() || extent.fixed() != 0) {
                continue;
            }
            int repeats = Math.toIntExact(extent.perRow());
            for (boolean samplesOuter : new boolean[] {true, false}) {
                if (movesWithSamples(shape.at(PERMUTATION.length), axis, repeats, samplesOuter, before, after)) {
                    return Optional.of(new BatchAxis(axis, repeats, samplesOuter));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean movesWithSamples(
            long[] shape, int axis, int repeats, boolean samplesOuter, float[] before, float[] after) {
        int outer = Math.toIntExact(product(shape, 0, axis));
        int inner = Math.toIntExact(product(shape, axis + 1, shape.length));
        int extent = PERMUTATION.length * repeats;
        float tolerance = tolerance(before);
        for (int o = 0; o < outer; o++) {
            for (int entry = 0; entry < extent; entry++) {
                int sample = samplesOuter ? entry / repeats : entry % PERMUTATION.length;
                int moved = PERMUTATION[sample];
                int from = samplesOuter ? moved * repeats + entry % repeats : entry - sample + moved;
                for (int i = 0; i < inner; i++) {
                    float expected = before[(o * extent + from) * inner + i];
                    // A comparison that NaN fails too.
                    if (!(Math.abs(after[(o * extent + entry) * inner + i] - expected) <= tolerance)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** The shape, read off in all runs, as a function of the batch; empty if it is no linear one. */
    private static Optional<Shape> linear(List<Run> runs, String output) {
        List<long[]> shapes =
                runs.stream().flatMap(run -> run.values(output).stream()).toList();
        int rank = shapes.get(0).length;
        if (shapes.stream().anyMatch(shape -> shape.length != rank)) {
            return Optional.empty();
        }
        List<Extent> extents = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            long perRow = (shapes.get(1)[axis] - shapes.get(0)[axis]) / (BATCHES[1] - BATCHES[0]);
            Extent extent = new Extent(perRow, shapes.get(0)[axis] - BATCHES[0] * perRow);
            if (extent.at(LARGEST) != shapes.get(2)[axis]) {
                return Optional.empty();
            }
            extents.add(extent);
        }
        return Optional.of(new Shape(extents));
    }

    private static boolean startsWith(float[] all, float[] start) {
        float tolerance = tolerance(all);
        return IntStream.range(0, start.length).allMatch(i -> Math.abs(all[i] - start[i]) <= tolerance);
    }

    private static float tolerance(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return TOLERANCE * largest;
    }

    private static long product(long[] shape, int from, int to) {
        return IntStream.range(from, to).mapToLong(axis -> shape[axis]).reduce(1, Math::multiplyExact);
    }

    private static Optional<long[]> integers(OnnxValue value) {
        if (!(value instanceof OnnxTensor tensor)) {
            return Optional.empty();
        }
        OnnxJavaType type = tensor.getInfo().type;
        if (type == OnnxJavaType.INT64) {
            long[] values = new long[Math.toIntExact(tensor.getInfo().getNumElements())];
            tensor.getLongBuffer().get(values);
            return Optional.of(values);
        }
        if (type == OnnxJavaType.INT32) {
            int[] values = new int[Math.toIntExact(tensor.getInfo().getNumElements())];
            tensor.getIntBuffer().get(values);
            return Optional.of(Arrays.stream(values).asLongStream().toArray());
        }
        return Optional.empty();
    }

    private GraphBuilder copyOfGraph() {
        return copyOf(graph);
    }

    static GraphBuilder copyOf(Graph graph) {
        GraphBuilder copy = new GraphBuilder();
        graph.inputs().forEach(copy::input);
        graph.initializers().values().forEach(copy::initializer);
        graph.nodes().forEach(node -> copy.copy(node.proto()));
        return copy;
    }

    static NativeSession session(GraphBuilder builder, Graph like) {
        ModelProto model =
                builder.build(like.model().getIrVersion(), like.model().getOpsetImportList());
        return NativeSession.open(model, Purpose.PROBING, 0, SharedWeights.none());
    }
}
