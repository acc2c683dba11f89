package io.tta4j.onnx.probe;

import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds where each tensor carries the samples: what belongs to a sample must be the same in two batches that have it in
 * different places and among different others.
 *
 * <p>Tensors are not compared element by element, which would take the memory of all of them. A random projection of
 * every entry of the axis is: a number for each, computed within the run.
 */
final class SampleAxes {

    /** Two batches that share sample 0: first in one, last in the other. */
    private static final int[] FIRST = {0, 1};

    private static final int[] LAST = {2, 0};
    private static final int ROWS = 2;

    /** Relative to the largest projection. Both batches are of one size, so that the same kernels run. */
    private static final float TOLERANCE = 1e-4f;

    /** How much better one order of entries must fit than the other where both are within the tolerance. */
    private static final float CLEARLY = 20;

    private static final float ROUNDING = 1e-6f;

    private final GraphBuilder builder;
    private final SplittableRandom random = new SplittableRandom(13);
    private final Map<List<Long>, String> directions = new HashMap<>();
    private final List<Projection> projections = new ArrayList<>();

    /**
     * @param tensor what is projected
     * @param axis onto which axis
     * @param repeats how many of its entries belong to a sample
     * @param output the tensor of the numbers, one for each entry
     */
    private record Projection(String tensor, int axis, int repeats, String output) {}

    private SampleAxes(GraphBuilder builder) {
        this.builder = builder;
    }

    /**
     * The axes of all given tensors that have one.
     *
     * @param graph the graph
     * @param shapes by tensor; others are left out
     * @param sessions opens a session over a copy of the graph with more outputs
     */
    static Map<String, BatchAxis> of(
            Graph graph, Map<String, Shape> shapes, Batch samples, Function<GraphBuilder, NativeSession> sessions) {
        SampleAxes finder = new SampleAxes(Probe.copyOf(graph));
        shapes.forEach(finder::project);
        return finder.find(samples, sessions);
    }

    /** Emits the projection of a tensor onto the one axis whose extent is a multiple of the batch. */
    private void project(String tensor, Shape shape) {
        List<Integer> varying = IntStream.range(0, shape.rank())
                .filter(axis -> !shape.extent(axis).isFixed())
                .boxed()
                .toList();
        if (varying.size() != 1 || shape.extent(varying.get(0)).fixed() != 0) {
            return;
        }
        int axis = varying.get(0);
        int[] others =
                IntStream.range(0, shape.rank()).filter(other -> other != axis).toArray();
        if (shape.elements(others) == 0) {
            return;
        }
        String rest = builder.toFloat(tensor);
        for (int inner = shape.rank() - 1; inner > axis; inner--) {
            long extent = shape.fixedExtent(inner);
            rest = builder.emit("MatMul", List.of(builder.reshape(rest, -1, extent), direction(extent, 1)));
        }
        long outer = shape.elements(IntStream.range(0, axis).toArray());
        String projection = builder.emit("MatMul", List.of(direction(1, outer), builder.reshape(rest, outer, -1)));
        builder.output(projection);
        projections.add(
                new Projection(tensor, axis, Math.toIntExact(shape.extent(axis).perRow()), projection));
    }

    /** A random vector, as a matrix of one row or one column. */
    private String direction(long rows, long columns) {
        return directions.computeIfAbsent(List.of(rows, columns), shape -> {
            float[] values = new float[Math.toIntExact(rows * columns)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextDouble() - 0.5);
            }
            return builder.floats(values, rows, columns);
        });
    }

    private Map<String, BatchAxis> find(Batch samples, Function<GraphBuilder, NativeSession> sessions) {
        Map<String, BatchAxis> found = new HashMap<>();
        Set<String> outputs = projections.stream().map(Projection::output).collect(Collectors.toSet());
        if (outputs.isEmpty()) {
            return found;
        }
        try (NativeSession session = sessions.apply(builder);
                Feed first = Feed.of(samples.select(FIRST));
                Feed last = Feed.of(samples.select(LAST));
                OrtSession.Result before = session.run(first.tensors(), outputs);
                OrtSession.Result after = session.run(last.tensors(), outputs)) {
            for (Projection projection : projections) {
                order(
                                projection.repeats(),
                                NativeTensors.floats(before, projection.output()),
                                NativeTensors.floats(after, projection.output()))
                        .ifPresent(samplesOuter -> found.put(
                                projection.tensor(),
                                new BatchAxis(projection.axis(), projection.repeats(), samplesOuter)));
            }
        }
        return found;
    }

    /** Whether a sample's entries lie together, or those of one kind do; empty if the samples lie in neither way. */
    private static Optional<Boolean> order(int repeats, float[] before, float[] after) {
        float largest = 0;
        for (int i = 0; i < before.length; i++) {
            largest = Math.max(largest, Math.max(Math.abs(before[i]), Math.abs(after[i])));
        }
        float together = 0;
        float apart = 0;
        for (int entry = 0; entry < repeats; entry++) {
            together = Math.max(together, Math.abs(before[entry] - after[repeats + entry]));
            apart = Math.max(apart, Math.abs(before[entry * ROWS] - after[entry * ROWS + 1]));
        }
        float tolerance = TOLERANCE * largest;
        float rounding = ROUNDING * largest;
        if (repeats == 1) {
            return together <= tolerance ? Optional.of(true) : Optional.empty();
        }
        // Entries that hardly differ fit both ways, and say nothing about how others would lie.
        if (together <= tolerance && apart > CLEARLY * together + rounding) {
            return Optional.of(true);
        }
        return apart <= tolerance && together > CLEARLY * apart + rounding ? Optional.of(false) : Optional.empty();
    }
}
