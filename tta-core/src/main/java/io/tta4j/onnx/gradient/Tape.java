package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.probe.Facts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The backward graph as it grows: gradients gathered so far by tensor, and which forward values the rules have read.
 */
final class Tape {

    private static final Set<String> SHAPE_OPERATORS = Set.of("Shape", "Size");

    /** Where the backward graph is written. */
    enum Form {
        /** In a graph of its own, which is fed the activations. */
        APART,
        /** Behind the forward pass, in the same graph. */
        BEHIND_FORWARD
    }

    /** The graph that is written. */
    final GraphBuilder builder;

    final Graph graph;
    final Facts facts;

    private final Set<String> active;
    private final Map<String, List<String>> gradients = new HashMap<>();
    private final Map<String, Pieces> pieces = new HashMap<>();
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private final Form form;
    private final ElementTypes types;
    private final Set<String> data;
    private final Map<String, String> casts = new HashMap<>();
    private final Map<String, String> recomputed = new HashMap<>();
    private final String rows;

    /**
     * @param builder empty, or holding the forward pass
     * @param active the tensors that depend on what we differentiate by
     * @param seed the name of the input that carries dLoss / dOutput; its first axis is the batch
     * @param output the tensor that the seed belongs to
     */
    Tape(GraphBuilder builder, Form form, Graph graph, Facts facts, Set<String> active, String seed, String output) {
        this.builder = builder;
        this.form = form;
        this.graph = graph;
        this.facts = facts;
        this.active = active;
        this.types = new ElementTypes(graph);
        this.data = graph.reachable(
                graph.inputs().stream().map(input -> input.getName()).toList(),
                node -> !SHAPE_OPERATORS.contains(node.operator()));
        builder.input(seed, DataType.FLOAT, facts.shape(output).rank());
        this.rows = builder.emit(
                "Slice",
                List.of(builder.emit("Shape", List.of(seed)), builder.longs(0), builder.longs(1), builder.longs(0)));
        contribute(output, seed);
    }

    boolean isActive(String tensor) {
        return active.contains(tensor);
    }

    /** Adds to the gradient of a tensor. */
    void contribute(String tensor, String gradient) {
        gradients.computeIfAbsent(tensor, name -> new ArrayList<>()).add(gradient);
    }

    /**
     * Adds to the gradient of a tensor where a piece was cut out of it.
     *
     * @param gradient of {@code length} elements from {@code start} on along an axis whose extent is fixed
     */
    void contributePiece(String tensor, int axis, long start, long length, String gradient) {
        pieces.computeIfAbsent(tensor, name -> new Pieces()).add(axis, start, length, gradient);
    }

    /** The gradient of a tensor, summed over its uses; empty if nothing that counts depends on it. */
    Optional<String> gradient(String tensor) {
        Pieces cut = pieces.remove(tensor);
        if (cut != null) {
            cut.join(this, facts.shape(tensor)).forEach(whole -> contribute(tensor, whole));
        }
        List<String> parts = gradients.get(tensor);
        if (parts == null) {
            return Optional.empty();
        }
        if (parts.size() > 1) {
            String sum = parts.stream().reduce(builder::add).orElseThrow();
            parts.clear();
            parts.add(sum);
        }
        return Optional.of(parts.get(0));
    }

    /**
     * A forward value, as float32 whatever float type it was computed in: a constant, or an activation that the forward
     * pass then has to keep.
     */
    String value(String tensor) {
        String held = graph.constant(tensor).map(builder::initializer).orElseGet(() -> keep(tensor));
        return types.of(tensor) == DataType.FLOAT ? held : casts.computeIfAbsent(tensor, key -> builder.toFloat(held));
    }

    /**
     * A forward value that is not to be read before a gradient is there. ONNX Runtime orders nodes its own way: what
     * depends on activations alone it may compute for all layers first, and hold until it is asked for.
     */
    String valueBehind(String gradient, String tensor) {
        String value = value(tensor);
        return graph.constant(tensor).isPresent()
                ? value
                : behind(gradient, value, facts.shape(tensor).rank());
    }

    /**
     * Makes the gradient of a tensor, as far as it is known, wait for others that are not on the way to it. What those
     * have read would be held until the end.
     */
    void hold(String tensor, String... before) {
        gradient(tensor).ifPresent(gradient -> {
            String held = gradient;
            for (String first : before) {
                held = behind(first, held, facts.shape(tensor).rank());
            }
            gradients.put(tensor, new ArrayList<>(List.of(held)));
        });
    }

    /**
     * The same tensor, but behind another in whatever order nodes run: it gets its own shape, times nothing of that.
     */
    private String behind(String first, String tensor, int rank) {
        if (rank == 0) {
            return tensor;
        }
        String extent = builder.emit(
                "Shape", List.of(first), GraphBuilder.attribute("start", 0), GraphBuilder.attribute("end", 1));
        return builder.emit("Reshape", List.of(tensor, builder.multiply(extent, builder.longs(new long[rank]))));
    }

    /** A tensor of integers or booleans: a constant, arithmetic on shapes done again, or an activation kept. */
    String discrete(String tensor) {
        Optional<TensorProto> constant = graph.constant(tensor);
        if (constant.isPresent()) {
            return builder.initializer(constant.get());
        }
        if (data.contains(tensor) || form == Form.BEHIND_FORWARD) {
            return keep(tensor);
        }
        if (!recomputed.containsKey(tensor)) {
            recompute(graph.producer(tensor).orElseThrow());
        }
        return Objects.requireNonNull(recomputed.get(tensor));
    }

    /**
     * A float tensor that the lifted forward pass makes and the file's own graph does not have.
     *
     * @param like the tensor of the file that it carries the samples as
     */
    String made(String tensor, int rank, String like) {
        return keep(
                new Kept(tensor, DataType.FLOAT, rank, facts.batchAxis(like).filter(axis -> axis.axis() == 0), false));
    }

    private String keep(String tensor) {
        Shape shape = facts.shape(tensor);
        return keep(new Kept(
                tensor,
                types.of(tensor),
                shape.rank(),
                facts.batchAxis(tensor),
                shape.extents().stream().allMatch(Extent::isFixed)));
    }

    private String keep(Kept tensor) {
        if (kept.put(tensor.name(), tensor) == null && form == Form.APART) {
            builder.input(tensor.name(), tensor.type(), tensor.rank());
        }
        return tensor.name();
    }

    private void recompute(Node node) {
        if (node.operator().equals("Shape")) {
            Shape shape = facts.shape(node.input(0));
            int start = shape.boundary(node.integer("start", 0));
            int end = shape.boundary(node.integer("end", shape.rank()));
            recomputed.put(node.output(), shape(new Shape(shape.extents().subList(start, Math.max(start, end)))));
            return;
        }
        if (node.operator().equals("Size")) {
            String extents = shape(facts.shape(node.input(0)));
            recomputed.put(
                    node.output(), builder.emit("ReduceProd", List.of(extents), GraphBuilder.attribute("keepdims", 0)));
            return;
        }
        List<String> inputs = node.inputs().stream()
                .map(input -> input.isEmpty() ? input : discrete(input))
                .toList();
        List<String> outputs = builder.emit(
                node.operator(),
                inputs,
                node.outputs().size(),
                node.proto().getAttributeList().toArray(AttributeProto[]::new));
        for (int i = 0; i < outputs.size(); i++) {
            recomputed.put(node.outputs().get(i), outputs.get(i));
        }
    }

    /** The activations that {@link #value} and {@link #discrete} have handed out. */
    List<Kept> kept() {
        return List.copyOf(kept.values());
    }

    /** A shape as an int64 tensor, for the batch at hand. */
    String shape(Shape shape) {
        long[] fixed = shape.extents().stream().mapToLong(Extent::fixed).toArray();
        long[] perRow = shape.extents().stream().mapToLong(Extent::perRow).toArray();
        return shape.extents().stream().allMatch(Extent::isFixed)
                ? builder.longs(fixed)
                : builder.add(builder.multiply(rows, builder.longs(perRow)), builder.longs(fixed));
    }

    /** Zeros of a shape. */
    String zeros(Shape shape) {
        return builder.emit("Expand", List.of(builder.scalar(0), shape(shape)));
    }

    /** Undoes broadcasting: sums a gradient over the axes along which {@code narrow} was repeated to {@code wide}. */
    String reduce(String gradient, Shape wide, Shape narrow) {
        int added = wide.rank() - narrow.rank();
        List<Long> repeated = new ArrayList<>();
        for (int axis = 0; axis < wide.rank(); axis++) {
            boolean single = axis < added || narrow.extent(axis - added).equals(Extent.of(1));
            if (single && !wide.extent(axis).equals(Extent.of(1))) {
                repeated.add((long) axis);
            }
        }
        String sum = builder.sum(
                gradient, true, repeated.stream().mapToLong(Long::longValue).toArray());
        return added == 0 ? sum : builder.reshape(sum, shape(narrow));
    }
}
