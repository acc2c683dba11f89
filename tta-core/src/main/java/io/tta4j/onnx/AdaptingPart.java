package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.probe.Facts;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Cuts a forward pass in two: a part that no adapted parameter has a hand in, which is run once a batch, and the rest,
 * which is run again at every theta. The cut goes through tensors that single samples can be picked from; what the rest
 * reads of others (arithmetic on shapes, mostly) belongs to the rest.
 */
final class AdaptingPart {

    private final Graph forward;
    private final Facts facts;
    private final Set<Node> rest = new HashSet<>();
    private final Set<String> start = new LinkedHashSet<>();
    private final Set<String> inputs = new LinkedHashSet<>();

    /**
     * @param forward a whole forward pass, with theta as an input
     * @param reached what it hands out and what the pullback reads of it: where no adapted parameter has a hand in
     *     that, the cut goes through it
     */
    AdaptingPart(Graph forward, Facts facts, Collection<String> reached) {
        this.forward = forward;
        this.facts = facts;
        forward.inputs().stream()
                .map(input -> input.getName())
                .filter(input -> !input.equals(Lifting.THETA))
                .forEach(inputs::add);
        cut(reached);
    }

    private void cut(Collection<String> reached) {
        Set<String> adapting = forward.reachable(List.of(Lifting.THETA), node -> true);
        Deque<Node> waiting = new ArrayDeque<>();
        forward.nodes().stream()
                .filter(node -> node.outputs().stream().anyMatch(adapting::contains))
                .forEach(waiting::add);
        reached.forEach(tensor -> reach(tensor, adapting, waiting));
        while (!waiting.isEmpty()) {
            Node node = waiting.remove();
            if (!rest.add(node)) {
                continue;
            }
            node.reads().forEach(tensor -> reach(tensor, adapting, waiting));
        }
    }

    private void reach(String tensor, Set<String> adapting, Deque<Node> waiting) {
        boolean made = forward.producer(tensor).isPresent();
        if (inputs.contains(tensor) || (made && !adapting.contains(tensor) && canBePicked(tensor))) {
            start.add(tensor);
        } else if (made) {
            waiting.add(forward.producer(tensor).orElseThrow());
        }
    }

    private boolean canBePicked(String tensor) {
        return facts.batchAxis(tensor).isPresent();
    }

    /** The tensors that the rest starts from: inputs of the network, and outputs of the first part. */
    Set<String> start() {
        return start;
    }

    /** Of those, what the first part makes; empty if there is no such part. */
    Set<String> made() {
        Set<String> made = new LinkedHashSet<>(start);
        made.removeAll(inputs);
        return made;
    }

    /** The part before the first adapted parameter. */
    ModelProto first() {
        GraphBuilder builder = new GraphBuilder();
        Set<Node> needed = needed(made(), Set.of());
        forward.inputs().stream()
                .filter(input -> !input.getName().equals(Lifting.THETA))
                .forEach(builder::input);
        return build(builder, needed, made());
    }

    /**
     * The rest.
     *
     * @param types of what the first part makes
     * @param outputs what it is to hand out
     */
    ModelProto rest(Map<String, DataType> types, Collection<String> outputs) {
        GraphBuilder builder = new GraphBuilder();
        forward.inputs().stream()
                .filter(input ->
                        start.contains(input.getName()) || input.getName().equals(Lifting.THETA))
                .forEach(builder::input);
        for (String tensor : made()) {
            builder.input(
                    tensor,
                    Objects.requireNonNull(types.get(tensor)),
                    facts.shape(tensor).rank());
        }
        return build(builder, needed(outputs, start), outputs);
    }

    private ModelProto build(GraphBuilder builder, Set<Node> nodes, Collection<String> outputs) {
        Set<String> read = new HashSet<>();
        for (Node node : forward.nodes()) {
            if (nodes.contains(node)) {
                builder.copy(node.proto());
                read.addAll(node.reads());
            }
        }
        forward.initializers().forEach((name, tensor) -> {
            if (read.contains(name)) {
                builder.initializer(tensor);
            }
        });
        outputs.forEach(builder::output);
        return builder.build(forward.model().getIrVersion(), forward.model().getOpsetImportList());
    }

    /** The nodes that outputs depend on, back to the given tensors. */
    private Set<Node> needed(Collection<String> outputs, Set<String> given) {
        Set<Node> needed = new HashSet<>();
        Deque<String> waiting = new ArrayDeque<>(outputs);
        while (!waiting.isEmpty()) {
            String tensor = waiting.remove();
            if (given.contains(tensor)) {
                continue;
            }
            forward.producer(tensor).filter(needed::add).ifPresent(node -> waiting.addAll(node.reads()));
        }
        return needed;
    }
}
