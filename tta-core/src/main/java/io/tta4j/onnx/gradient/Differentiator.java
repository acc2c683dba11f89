package io.tta4j.onnx.gradient;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormLayer;
import io.tta4j.onnx.gradient.Tape.Form;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.norm.Lifting.ThetaSlices;
import io.tta4j.onnx.norm.NormSite;
import io.tta4j.onnx.probe.Facts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Walks a graph from the logits back to the norm layers and writes down the gradient on the way.
 *
 * <p>A norm layer counts as one step, whatever nodes it is made of. Nodes that no norm layer feeds get no gradient, nor
 * do those that the logits do not depend on.
 */
public final class Differentiator {

    /** The input that carries dLoss / dLogits, float32 [N, C]. */
    public static final String SEED = GraphBuilder.PREFIX + "seed";

    /** The output that carries the gradient summed over rows, float32 [P]. */
    public static final String GRADIENT = GraphBuilder.PREFIX + "gradient";

    /** The output that carries the gradient row by row, float32 [N, P]. */
    public static final String SAMPLE_GRADIENT = GraphBuilder.PREFIX + "sample_gradient";

    /** Needed for sums of scattered gradients; parts of the file's own graph may need a later one. */
    private static final long OLDEST_OPSET = 17;

    private static final long OLDEST_IR_VERSION = 8;

    private final Graph graph;
    private final Facts facts;
    private final String logits;
    private final Map<Node, NormSite> siteByNode = new HashMap<>();
    private final Set<String> active;
    private final List<Node> path;
    private final Map<NormSite, PooledNorm> pooledNorms = new HashMap<>();
    private final Map<Node, NormSite> siteByPool = new HashMap<>();

    /** @param leaves further tensors to differentiate by, beside the norm layers' parameters */
    Differentiator(Graph graph, Facts facts, List<NormSite> sites, Collection<String> leaves, String logits) {
        this.graph = graph;
        this.facts = facts;
        this.logits = logits;
        sites.forEach(site -> site.nodes().forEach(node -> siteByNode.put(node, site)));
        Set<String> from = new HashSet<>(leaves);
        sites.forEach(site -> from.add(site.output()));
        this.active = active(from);
        this.path = path();
        for (NormSite site : sites) {
            PooledNorm.of(graph, facts, site)
                    .filter(pooled -> !isActive(site.input()))
                    .ifPresent(pooled -> {
                        pooledNorms.put(site, pooled);
                        siteByPool.put(pooled.pool(), site);
                    });
        }
    }

    public static Differentiator of(Graph graph, Facts facts, List<NormSite> sites, String logits) {
        return new Differentiator(graph, facts, sites, List.of(), logits);
    }

    /** The tensors that depend on what we differentiate by. */
    private Set<String> active(Set<String> from) {
        Set<String> reached = new HashSet<>(from);
        for (Node node : graph.nodes()) {
            boolean inside = siteByNode.containsKey(node);
            if (!inside && Rules.differentiableInputs(node).stream().anyMatch(reached::contains)) {
                reached.addAll(node.outputs());
            }
        }
        return reached;
    }

    /** The nodes between the first active tensor and the logits, in reverse order; a norm layer as its last node. */
    private List<Node> path() {
        Set<String> needed = new HashSet<>(Set.of(logits));
        List<Node> reversed = new ArrayList<>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            NormSite site = siteByNode.get(node);
            boolean reached = node.outputs().stream().anyMatch(output -> needed.contains(output) && isActive(output));
            if (!reached || (site != null && !node.outputs().contains(site.output()))) {
                continue;
            }
            reversed.add(node);
            if (site != null) {
                needed.add(site.input());
            } else {
                needed.addAll(Rules.differentiableInputs(node));
            }
        }
        return reversed;
    }

    /** The last node in front of the logits that reads what is adapted, and whose outputs do not change with it. */
    private Optional<Node> cut() {
        Set<String> needed = new HashSet<>(Set.of(logits));
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            if (node.outputs().stream().anyMatch(needed::contains)) {
                if (node.reads().stream().anyMatch(this::isActive)
                        && node.outputs().stream().noneMatch(this::isActive)) {
                    return Optional.of(node);
                }
                needed.addAll(node.reads());
            }
        }
        return Optional.empty();
    }

    private boolean isActive(String tensor) {
        return active.contains(tensor);
    }

    /**
     * What stands between the logits and the norm layers: a line for each node without a rule; empty if all is well.
     */
    public List<String> obstacles(Lifting lifting) {
        List<String> missing = path.stream()
                .filter(node -> !siteByNode.containsKey(node) && Rules.of(node).isEmpty())
                .map(node ->
                        node + " lies between a norm layer and the logits and has no gradient rule" + Remedy.of(node))
                .toList();
        if (!missing.isEmpty()) {
            return missing;
        }
        if (path.stream().noneMatch(siteByNode::containsKey)) {
            return List.of("no gradient flows from the logits '" + logits + "' back to a norm layer"
                    + cut().map(node -> ": " + node + " hands on none").orElse("")
                    + "; a model must compute its logits in floats from its norm layers");
        }
        try {
            pullback(lifting);
            return List.of();
        } catch (ModelException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The backward graph, to be fed what a forward pass has kept.
     *
     * @throws ModelException if a node has no rule, or is used in a way that its rule does not cover
     */
    public Pullback pullback(Lifting lifting) {
        Tape tape = tape(new GraphBuilder(), Form.APART);
        boolean perSample = differentiate(tape, lifting, lifting.slices(tape.builder));
        return new Pullback(
                model(
                        tape.builder,
                        List.of(OperatorSetIdProto.newBuilder()
                                .setVersion(graph.opset())
                                .build())),
                tape.kept(),
                perSample);
    }

    /**
     * Forward and backward in one graph, which keeps nothing between runs.
     *
     * @throws ModelException as {@link #pullback}
     */
    public Pullback recompute(Lifting lifting) {
        GraphBuilder builder = new GraphBuilder();
        graph.inputs().forEach(builder::input);
        ThetaSlices theta = lifting.copyNodes(graph, facts, builder);
        graph.initializers().values().forEach(builder::initializer);
        Tape tape = tape(builder, Form.BEHIND_FORWARD);
        boolean perSample = differentiate(tape, lifting, theta);
        return new Pullback(model(builder, graph.model().getOpsetImportList()), List.of(), perSample);
    }

    private Tape tape(GraphBuilder builder, Form form) {
        return new Tape(builder, form, graph, facts, active, SEED, logits);
    }

    /** Writes the gradients down; says whether those of single samples are among them. */
    private boolean differentiate(Tape tape, Lifting lifting, ThetaSlices theta) {
        Map<String, List<NormGradient.Parameters>> gradients = new LinkedHashMap<>();
        walk(tape, (site, upstream) -> {
            NormLayer layer = lifting.layer(site);
            String gamma = theta.at(layer.weightOffset());
            PooledNorm pooled = pooledNorms.get(site);
            NormGradient rule = pooled == null
                    ? new NormGradient(tape, site, gamma, tape.valueBehind(upstream, site.input()), upstream)
                    : new NormGradient(tape, site, gamma, pooled.maxima(tape, gamma), pooled.masked(tape, upstream));
            NormGradient.Parameters parameters = rule.emit();
            tape.hold(site.input(), parameters.weight(), parameters.bias());
            gradients.computeIfAbsent(layer.name(), name -> new ArrayList<>()).add(parameters);
        });
        boolean perSample = facts.samplesIndependent()
                && gradients.values().stream().flatMap(List::stream).allMatch(NormGradient.Parameters::perSample);
        joinGradients(tape, lifting, gradients, perSample);
        return perSample;
    }

    /** Of the file's operator sets, ONNX's own at least as new as the rules need: up to then, sets only grew. */
    private ModelProto model(GraphBuilder builder, List<OperatorSetIdProto> opsets) {
        return builder.build(
                Math.max(OLDEST_IR_VERSION, graph.model().getIrVersion()),
                opsets.stream()
                        .map(opset -> Graph.isStandard(opset.getDomain())
                                ? opset.toBuilder()
                                        .setVersion(Math.max(OLDEST_OPSET, opset.getVersion()))
                                        .build()
                                : opset)
                        .toList());
    }

    private static void joinGradients(
            Tape tape, Lifting lifting, Map<String, List<NormGradient.Parameters>> gradients, boolean perSample) {
        GraphBuilder builder = tape.builder;
        List<String> sums = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        for (NormLayer layer : lifting.layout().layers()) {
            List<NormGradient.Parameters> uses = gradients.getOrDefault(layer.name(), List.of());
            join(
                    tape,
                    layer.width(),
                    uses.stream().map(NormGradient.Parameters::weight).toList(),
                    perSample,
                    sums,
                    rows);
            if (layer.biasOffset().isPresent()) {
                join(
                        tape,
                        layer.width(),
                        uses.stream().map(NormGradient.Parameters::bias).toList(),
                        perSample,
                        sums,
                        rows);
            }
        }
        builder.output(concat(builder, sums, 0), GRADIENT);
        if (perSample) {
            builder.output(concat(builder, rows, 1), SAMPLE_GRADIENT);
        }
    }

    /** The gradient of one parameter over all uses of its layer; zeros where the logits do not depend on it. */
    private static void join(
            Tape tape, int width, List<String> uses, boolean perSample, List<String> sums, List<String> rows) {
        GraphBuilder builder = tape.builder;
        if (uses.isEmpty()) {
            sums.add(builder.floats(new float[width], width));
            rows.add(tape.zeros(new Shape(List.of(new Extent(1, 0), Extent.of(width)))));
            return;
        }
        if (perSample) {
            String row = uses.stream().reduce(builder::add).orElseThrow();
            rows.add(row);
            sums.add(builder.sum(row, false, 0));
        } else {
            sums.add(uses.stream()
                    .map(use -> builder.sum(use, false, 0))
                    .reduce(builder::add)
                    .orElseThrow());
        }
    }

    private static String concat(GraphBuilder builder, List<String> parts, int axis) {
        return parts.size() == 1 ? parts.get(0) : builder.emit("Concat", parts, GraphBuilder.attribute("axis", axis));
    }

    /** What to do with a norm layer that the walk reaches. */
    interface SiteVisitor {
        void visit(NormSite site, String upstream);
    }

    void walk(Tape tape, SiteVisitor visitor) {
        for (Node node : path) {
            try {
                step(tape, node, visitor);
            } catch (UnsupportedGradient | ModelException | IllegalArgumentException e) {
                // The last two: extents or values that must not depend on the batch, but do.
                throw new ModelException(
                        node + " lies between a norm layer and the logits and has no gradient here: "
                                + e.getMessage()
                                + Remedy.of(node),
                        e);
            }
        }
    }

    private void step(Tape tape, Node node, SiteVisitor visitor) {
        NormSite pooled = siteByPool.get(node);
        NormSite site = siteByNode.get(node);
        if (pooled != null) {
            tape.gradient(node.output()).ifPresent(upstream -> visitor.visit(pooled, upstream));
        } else if (site != null) {
            tape.gradient(site.output()).ifPresent(upstream -> visitor.visit(site, upstream));
        } else if (node.outputs().stream()
                .anyMatch(output -> tape.gradient(output).isPresent())) {
            Rules.of(node)
                    .orElseThrow(() -> new UnsupportedGradient("its operator has no rule"))
                    .apply(new NodeGradient(tape, node));
        }
    }

    Set<String> active() {
        return active;
    }
}
