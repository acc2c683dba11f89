package io.tta4j.onnx.probe;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SessionSettings;
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
import java.util.stream.IntStream;

/**
 * Learns about a graph by running it on a few batches of random samples.
 *
 * <p>Running says what no inference can: sizes alone do not tell an axis of extent k * N as (N, k) from (k, N), and
 * whether samples interact shows only in the numbers. A batch costs its rows and no more: no tensor is handed out but
 * small ones.
 */
public final class Probe {

    /** Operators behind which there is nothing left of the data but extents. */
    public static final Set<String> SHAPE_OPERATORS = Set.of("Shape", "Size");

    /** Operators that make lists of tensors, which have no shape. */
    private static final Set<String> LIST_OPERATORS =
            Set.of("SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SplitToSequence");

    /** Two sizes give a line for every extent; and samples come in another order and among others. */
    private static final List<List<Integer>> LINE = List.of(List.of(2, 0), List.of(0, 1, 2));

    /** The cheapest size that checks the line, but often a special one, where axes of extent 1 vanish. */
    private static final List<Integer> CHECK = List.of(1);

    /** What decides where the cheapest size does not fit. */
    private static final List<Integer> RECHECK = List.of(3, 0, 1, 4, 2);

    private static final int SAMPLES = 5;
    private static final float TOLERANCE = 1e-3f;
    private static final double PROBABILITY_TOLERANCE = 1e-4;

    private final Graph graph;
    private final Batch samples;
    private final int intraOpThreads;

    /** A probe whose sessions run on one thread per core. */
    public Probe(Graph graph, List<InputSpec> inputs) {
        this(graph, inputs, 0);
    }

    /**
     * @param graph a graph with its constants folded
     * @param inputs what the graph is fed; only the batch axis may be of any extent
     * @param intraOpThreads threads of each session; 0 for one per core
     */
    public Probe(Graph graph, List<InputSpec> inputs, int intraOpThreads) {
        this.graph = graph;
        this.samples = RandomSamples.of(inputs, SAMPLES);
        this.intraOpThreads = intraOpThreads;
    }

    /**
     * The same graph with every part that depends on no input computed once and stored as a constant, and without the
     * constants that nothing reads then: weights that were transposed, for one, would be kept twice.
     */
    public static Graph foldConstants(Graph graph) {
        return Folding.fold(graph);
    }

    /**
     * Shapes of all tensors that depend on data and where these carry the samples, values of all integer tensors that
     * depend on shapes, and whether samples are independent.
     *
     * @param logits the tensor [N, C] by which independence is judged
     */
    public Facts facts(String logits) {
        List<String> inputs =
                graph.inputs().stream().map(input -> input.getName()).toList();
        Set<String> data = graph.reachable(inputs, node -> !SHAPE_OPERATORS.contains(node.operator()));
        Set<String> varying = graph.reachable(inputs, node -> true);
        GraphBuilder probe = copyOf(graph);
        Map<String, String> shapeOutputs = new LinkedHashMap<>();
        Set<String> outputs = new LinkedHashSet<>(List.of(logits));
        for (String tensor : varying) {
            if (tensor.isEmpty() || isList(tensor)) {
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

        try (SharedWeights weights = SharedWeights.of(graph)) {
            List<Run> runs = runs(probe, shapeOutputs.values(), outputs, logits, weights);
            Map<String, Shape> shapes = new LinkedHashMap<>();
            shapeOutputs.forEach(
                    (tensor, output) -> linear(runs, output).ifPresent(shape -> shapes.put(tensor, shape)));
            Map<String, long[]> integers = new HashMap<>();
            Map<String, Shape> carriers = new LinkedHashMap<>(shapes);
            for (String tensor : varying) {
                if (!data.contains(tensor)) {
                    sameInAll(runs, tensor).ifPresent(values -> integers.put(tensor, values));
                    carriers.remove(tensor);
                }
            }
            Map<String, BatchAxis> axes = SampleAxes.of(graph, carriers, samples, builder -> open(builder, weights));
            boolean independent = sameRows(runs) && axes.containsKey(logits);
            return new Facts(
                    graph,
                    new Observations(
                            shapes, integers, axes, independent, runs.stream().allMatch(Run::rowsSumToOne)));
        }
    }

    /** What one batch showed: all integer outputs, and the logits. */
    private record Run(List<Integer> rows, Map<String, long[]> integers, Vector logits) {

        Optional<long[]> values(String output) {
            return Optional.ofNullable(integers.get(output));
        }

        int columns() {
            return logits.size() / rows.size();
        }

        float[] row(int row) {
            return Arrays.copyOfRange(logits.toArray(), row * columns(), (row + 1) * columns());
        }

        boolean rowsSumToOne() {
            return IntStream.range(0, rows.size()).allMatch(row -> {
                double sum = 0;
                for (float value : row(row)) {
                    sum += value >= 0 ? value : Double.NaN;
                }
                return Math.abs(sum - 1) <= PROBABILITY_TOLERANCE;
            });
        }
    }

    /** Runs of two sizes and one more that the line through these should predict. */
    private List<Run> runs(
            GraphBuilder probe, Collection<String> shapes, Set<String> outputs, String logits, SharedWeights weights) {
        try (NativeSession session = open(probe, weights)) {
            List<Run> runs = new ArrayList<>();
            for (List<Integer> rows : LINE) {
                runs.add(run(session, outputs, logits, rows));
            }
            try {
                Run check = run(session, outputs, logits, CHECK);
                List<Run> checked = new ArrayList<>(runs);
                checked.add(check);
                if (shapes.stream().allMatch(shape -> linear(checked, shape).isPresent())) {
                    return checked;
                }
            } catch (ModelException e) {
                // A graph that cannot take a single sample still takes several.
            }
            runs.add(run(session, outputs, logits, RECHECK));
            return runs;
        }
    }

    private Run run(NativeSession session, Set<String> outputs, String logits, List<Integer> rows) {
        try (Feed feed = Feed.of(
                        samples.select(rows.stream().mapToInt(Integer::intValue).toArray()));
                OrtSession.Result result = session.run(feed.tensors(), outputs)) {
            Map<String, long[]> integers = new HashMap<>();
            for (String output : outputs) {
                integers(result.get(output).orElseThrow()).ifPresent(values -> integers.put(output, values));
            }
            return new Run(rows, integers, Vector.of(NativeTensors.floats(result, logits)));
        }
    }

    private static Optional<long[]> sameInAll(List<Run> runs, String tensor) {
        return runs.get(0)
                .values(tensor)
                .filter(first -> runs.stream()
                        .allMatch(run -> run.values(tensor)
                                .filter(values -> Arrays.equals(values, first))
                                .isPresent()));
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
            int first = runs.get(0).rows().size();
            long perRow = (shapes.get(1)[axis] - shapes.get(0)[axis])
                    / (runs.get(1).rows().size() - first);
            Extent extent = new Extent(perRow, shapes.get(0)[axis] - first * perRow);
            for (int i = 0; i < shapes.size(); i++) {
                if (extent.at(runs.get(i).rows().size()) != shapes.get(i)[axis]) {
                    return Optional.empty();
                }
            }
            extents.add(extent);
        }
        return Optional.of(new Shape(extents));
    }

    /** Whether a sample has the same logits in every batch that it is in. */
    private static boolean sameRows(List<Run> runs) {
        Map<Integer, float[]> bySample = new HashMap<>();
        float largest = 0;
        for (Run run : runs) {
            for (float value : run.logits().toArray()) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        for (Run run : runs) {
            for (int row = 0; row < run.rows().size(); row++) {
                float[] values = run.row(row);
                float[] before = bySample.putIfAbsent(run.rows().get(row), values);
                if (before != null && !near(before, values, TOLERANCE * largest)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean near(float[] a, float[] b, float tolerance) {
        return a.length == b.length && IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= tolerance);
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

    private NativeSession open(GraphBuilder builder, SharedWeights weights) {
        return NativeSession.open(
                model(builder, graph), Purpose.PROBING, SessionSettings.onProcessor(intraOpThreads), weights);
    }

    private boolean isList(String tensor) {
        return graph.producer(tensor)
                .filter(node -> LIST_OPERATORS.contains(node.operator()))
                .isPresent();
    }

    static GraphBuilder copyOf(Graph graph) {
        GraphBuilder copy = new GraphBuilder();
        graph.inputs().forEach(copy::input);
        graph.initializers().values().forEach(copy::initializer);
        graph.nodes().forEach(node -> copy.copy(node.proto()));
        return copy;
    }

    static NativeSession session(GraphBuilder builder, Graph like) {
        return session(builder, like, SharedWeights.none());
    }

    static NativeSession session(GraphBuilder builder, Graph like, SharedWeights weights) {
        return NativeSession.open(model(builder, like), Purpose.PROBING, SessionSettings.onProcessor(0), weights);
    }

    private static ModelProto model(GraphBuilder builder, Graph like) {
        return builder.build(like.model().getIrVersion(), like.model().getOpsetImportList());
    }
}
