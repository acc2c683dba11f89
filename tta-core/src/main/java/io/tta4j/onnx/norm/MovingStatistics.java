package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.model.BatchNorms;
import io.tta4j.model.BatchNorms.Layer;
import io.tta4j.model.Moments;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Facts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The batch norm layers of a graph whose statistics can move, and a forward pass that moves them: it is given means and
 * variances, moves them towards the batch's layer by layer, normalises by what they have become and hands them out.
 *
 * <p>A module that is called more than once stays on the source's statistics: it has one theta and would have moments
 * of each call.
 */
public final class MovingStatistics {

    /** The input that carries the means, float32 [channels]. */
    public static final String MEANS = GraphBuilder.PREFIX + "means";

    /** The input that carries the variances, float32 [channels]. */
    public static final String VARIANCES = GraphBuilder.PREFIX + "variances";

    /** The input that carries the weights of the batch, float32 [channels]. */
    public static final String WEIGHTS = GraphBuilder.PREFIX + "weights";

    /** The output that carries the means as they have become, float32 [channels]. */
    public static final String MOVED_MEANS = GraphBuilder.PREFIX + "moved_means";

    /** The output that carries the variances as they have become, float32 [channels]. */
    public static final String MOVED_VARIANCES = GraphBuilder.PREFIX + "moved_variances";

    private final Graph graph;
    private final Facts facts;
    private final Lifting lifting;

    private final List<NormSite> sites;

    /** The node of each site. */
    private final List<Node> layers;

    public MovingStatistics(Graph graph, Facts facts, Lifting lifting) {
        this.graph = graph;
        this.facts = facts;
        this.lifting = lifting;
        Map<NormLayer, Long> calls =
                lifting.sites().stream().collect(Collectors.groupingBy(lifting::layer, Collectors.counting()));
        sites = lifting.sites().stream()
                .filter(LiveStatistics::canMove)
                .filter(site -> Objects.equals(calls.get(lifting.layer(site)), 1L))
                .toList();
        layers = sites.stream().map(NormSite::lastNode).toList();
    }

    /** The layers and the statistics that the file has; empty where there are none. */
    public Optional<BatchNorms> batchNorms() {
        if (sites.isEmpty()) {
            return Optional.empty();
        }
        List<Layer> layers = new ArrayList<>();
        List<float[]> means = new ArrayList<>();
        List<float[]> variances = new ArrayList<>();
        for (NormSite site : sites) {
            Normalization.Frozen source = (Normalization.Frozen) site.normalization();
            layers.add(new Layer(lifting.layer(site), source.epsilon()));
            means.add(Tensors.floats(graph.constant(source.mean()).orElseThrow()));
            variances.add(Tensors.floats(graph.constant(source.variance()).orElseThrow()));
        }
        return Optional.of(
                new BatchNorms(layers, new Moments(Vector.concatenate(means), Vector.concatenate(variances))));
    }

    /**
     * The forward pass.
     *
     * @param outputs what it is to hand out, beside the moved statistics
     */
    public ModelProto forward(Collection<String> outputs) {
        GraphBuilder builder = new GraphBuilder("statistics/");
        List<String> means = slices(builder, builder.input(MEANS, DataType.FLOAT, 1));
        List<String> variances = slices(builder, builder.input(VARIANCES, DataType.FLOAT, 1));
        List<String> weights = slices(builder, builder.input(WEIGHTS, DataType.FLOAT, 1));
        for (Node node : graph.nodes()) {
            int layer = layers.indexOf(node);
            if (layer < 0) {
                builder.copy(node.proto());
                continue;
            }
            BatchMoments batch = BatchMoments.of(builder, facts, sites.get(layer));
            String mean = means.get(layer);
            String variance = variances.get(layer);
            String weight = weights.get(layer);
            String rest = builder.subtract(builder.scalar(1), weight);
            // The mixture's variance is that within both and that between them.
            String distance = builder.subtract(batch.mean(), mean);
            String between = builder.multiply(rest, builder.multiply(distance, distance));
            String change = builder.add(builder.subtract(batch.variance(), variance), between);
            means.set(layer, builder.add(mean, builder.multiply(weight, distance)));
            variances.set(layer, builder.add(variance, builder.multiply(weight, change)));
            builder.copy(node.proto().toBuilder()
                    .setInput(LiveStatistics.MEAN, means.get(layer))
                    .setInput(LiveStatistics.VARIANCE, variances.get(layer))
                    .build());
        }
        builder.emitAs(MOVED_MEANS, "Concat", means, GraphBuilder.attribute("axis", 0));
        builder.emitAs(MOVED_VARIANCES, "Concat", variances, GraphBuilder.attribute("axis", 0));
        Graph moving = builder.into(graph);
        List<NormSite> moved = lifting.sites().stream()
                .map(site -> site.in(moving, site.normalization()))
                .toList();
        List<String> all = new ArrayList<>(outputs);
        all.addAll(List.of(MOVED_MEANS, MOVED_VARIANCES));
        return new Lifting(moved).forward(moving, facts.about(moving, Map.of()), all);
    }

    /** The layers' parts of a flat vector. */
    private List<String> slices(GraphBuilder builder, String flat) {
        long[] widths =
                sites.stream().mapToLong(site -> lifting.layer(site).width()).toArray();
        return new ArrayList<>(builder.emit(
                "Split", List.of(flat, builder.longs(widths)), widths.length, GraphBuilder.attribute("axis", 0)));
    }
}
