package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.tta4j.model.NormKind;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.norm.NormSite.Parameter;
import io.tta4j.onnx.probe.Facts;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A graph with a scale of one and a shift of zero for each channel behind its convolutions, before their activations:
 * what there is to adapt where batch norm was folded into the convolutions, or there never was a norm.
 *
 * <p>An inserted layer is a batch norm of mean 0, variance 1 and epsilon 0, which ONNX Runtime runs in a single pass
 * over its input. Behind a convolution that has swallowed a batch norm of scale gamma and shift beta its gradients are
 * {@code ds = gamma * dgamma + beta * dbeta} and {@code dt = dbeta}.
 *
 * @param graph the rewritten graph
 * @param facts what is known about it
 * @param sites the inserted layers, in graph order
 * @param passedBy for each convolution without one, why; in graph order
 */
public record InsertedLayers(Graph graph, Facts facts, List<NormSite> sites, Map<Node, String> passedBy) {

    /** Behind which convolutions to insert. */
    public enum Where {
        /** All of them. */
        EVERYWHERE,
        /** Those of which the exporter notes that a batch norm was folded into them. */
        BATCH_NORM_WAS_FOLDED
    }

    private static final String SCOPE = "inserted/";
    private static final Set<String> CONVOLUTIONS = Set.of("Conv", "ConvTranspose");
    private static final Set<String> WEIGHTED = Set.of("Conv", "ConvTranspose", "Gemm", "MatMul");
    private static final int NAMED = 3;

    /**
     * Rewrites a graph.
     *
     * @param normed tensors that go into norm layers, and nowhere else
     * @param logits the classifier's output
     * @param where behind which convolutions
     */
    public static InsertedLayers into(Graph original, Facts facts, Set<String> normed, String logits, Where where) {
        Set<Node> leading = new HashSet<>();
        Set<Node> classifiers = new HashSet<>();
        walkBack(original, logits, leading, classifiers);
        Map<Node, String> passedBy = new LinkedHashMap<>();
        Map<String, Node> readers = new LinkedHashMap<>();
        GraphBuilder builder = new GraphBuilder(SCOPE);
        Map<String, String> twins = new HashMap<>();
        for (Node node : original.nodes()) {
            if (!CONVOLUTIONS.contains(node.operator())) {
                builder.copy(node.proto());
                continue;
            }
            Optional<String> reason = where == Where.BATCH_NORM_WAS_FOLDED && !ModulePath.comesOfBatchNorm(node)
                    ? Optional.of("has swallowed no batch norm that the exporter notes")
                    : reasonAgainst(original, facts, normed, leading, classifiers, node);
            if (reason.isPresent()) {
                passedBy.put(node, reason.get());
                builder.copy(node.proto());
                continue;
            }
            Shape shape = facts.shape(node.output());
            twins.put(raw(node), node.output());
            readers.put(node.output(), node);
            emit(builder, node, Math.toIntExact(shape.fixedExtent(1)));
        }
        Graph graph = builder.into(original);
        List<NormSite> sites = readers.values().stream()
                .map(convolution -> site(graph, convolution))
                .toList();
        return new InsertedLayers(graph, facts.withTwins(graph, twins), sites, passedBy);
    }

    /** Why there is none, as a part of a sentence. */
    public String refusal() {
        if (passedBy.isEmpty()) {
            return "there is no Conv behind which one could be inserted";
        }
        String named = passedBy.entrySet().stream()
                .limit(NAMED)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        int others = passedBy.size() - NAMED;
        return "none could be inserted behind a Conv on a spatial map, since " + named
                + (others > 0 ? ", and so on for %d others".formatted(others) : "");
    }

    /**
     * Finds what the logits are made of.
     *
     * @param leading gets all nodes that the logits depend on
     * @param classifiers gets those with weights that no other weights lie behind
     */
    private static void walkBack(Graph graph, String logits, Set<Node> leading, Set<Node> classifiers) {
        Set<String> needed = new HashSet<>(Set.of(logits));
        Set<String> unweighted = new HashSet<>(Set.of(logits));
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            if (node.outputs().stream().noneMatch(needed::contains)) {
                continue;
            }
            leading.add(node);
            needed.addAll(node.reads());
            if (node.outputs().stream().anyMatch(unweighted::contains)) {
                if (WEIGHTED.contains(node.operator())) {
                    classifiers.add(node);
                } else {
                    unweighted.addAll(node.reads());
                }
            }
        }
    }

    private static Optional<String> reasonAgainst(
            Graph graph, Facts facts, Set<String> normed, Set<Node> leading, Set<Node> classifiers, Node node) {
        if (!leading.contains(node)) {
            return Optional.of("has no part in the logits");
        }
        if (classifiers.contains(node)) {
            return Optional.of("is the classifier");
        }
        if (normed.contains(node.output())) {
            return Optional.of("has a norm layer behind it");
        }
        if (graph.constant(node.input(1)).filter(Tensors::isFloat).isEmpty()) {
            return Optional.of("has weights that are computed, or not float32");
        }
        Shape shape = facts.shape(node.output());
        int[] space = IntStream.range(2, shape.rank()).toArray();
        boolean fixed = IntStream.range(1, shape.rank())
                .allMatch(axis -> shape.extent(axis).isFixed());
        if (!fixed || shape.elements(space) == 1) {
            return Optional.of("puts out a single position, of shape " + shape);
        }
        return Optional.empty();
    }

    /** The tensor that the convolution puts out now; its old name is the one of the scaled and shifted tensor. */
    private static String raw(Node convolution) {
        return GraphBuilder.PREFIX + SCOPE + convolution.output();
    }

    private static void emit(GraphBuilder builder, Node convolution, int channels) {
        NodeProto.Builder moved = convolution.proto().toBuilder();
        builder.copy(moved.setOutput(0, raw(convolution)).build());
        // Named after the weights: convolutions that share these are one module, called twice.
        String module = GraphBuilder.PREFIX + SCOPE + convolution.input(1);
        builder.emitAs(
                convolution.output(),
                "BatchNormalization",
                List.of(
                        raw(convolution),
                        filled(builder, module + "/scale", 1, channels),
                        filled(builder, module + "/shift", 0, channels),
                        filled(builder, GraphBuilder.PREFIX + SCOPE + "mean/" + channels, 0, channels),
                        filled(builder, GraphBuilder.PREFIX + SCOPE + "variance/" + channels, 1, channels)),
                GraphBuilder.attribute("epsilon", 0f));
    }

    private static String filled(GraphBuilder builder, String name, float value, int channels) {
        float[] values = new float[channels];
        Arrays.fill(values, value);
        return builder.initializer(Tensors.of(name, values, channels));
    }

    private static NormSite site(Graph graph, Node convolution) {
        Node layer = graph.producer(convolution.output()).orElseThrow();
        return new NormSite(
                ModulePath.ofConvolution(convolution) + ".inserted",
                NormKind.INSERTED,
                new Normalization.Frozen(layer.input(3), layer.input(4), 0),
                layer.input(0),
                layer.output(),
                List.of(layer),
                parameter(graph, layer, 1),
                Optional.of(parameter(graph, layer, 2)));
    }

    private static Parameter parameter(Graph graph, Node layer, int index) {
        return new Parameter(layer, index, graph.constant(layer.input(index)).orElseThrow());
    }
}
