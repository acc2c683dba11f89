package io.tta4j.onnx.norm;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.tta4j.model.NormKind;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Facts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph whose batch norm takes its statistics, in part or whole, from the batch: ordinary nodes compute means and
 * biased variances over samples and space, and the BatchNormalization nodes read them in place of their constants.
 * (Their training mode would not do: it normalises by the batch alone, and takes several times as long in ONNX
 * Runtime.)
 *
 * @param graph the rewritten graph
 * @param facts what is known about it
 * @param sites the norm layers of the original, in the rewritten graph
 */
public record LiveStatistics(Graph graph, Facts facts, List<NormSite> sites) {

    /** Which inputs of a BatchNormalization node its statistics are. */
    static final int MEAN = 3;

    static final int VARIANCE = 4;

    /**
     * Rewrites a graph.
     *
     * @param batchWeight the weight of the batch's statistics, in (0, 1]
     * @param sites the norm layers; those that are no batch norm stay as they are
     */
    public static LiveStatistics of(Graph original, Facts facts, List<NormSite> sites, double batchWeight) {
        Map<Node, NormSite> batchNorms = new HashMap<>();
        sites.stream()
                .filter(LiveStatistics::canMove)
                .forEach(site -> batchNorms.put(site.nodes().get(0), site));
        GraphBuilder builder = new GraphBuilder("statistics/");
        Map<NormSite, Normalization> how = new HashMap<>();
        Map<String, Shape> shapes = new HashMap<>();
        for (Node node : original.nodes()) {
            NormSite site = batchNorms.get(node);
            if (site == null) {
                builder.copy(node.proto());
                continue;
            }
            Normalization.Live live = emit(builder, original, facts, site, batchWeight);
            NodeProto.Builder reading = node.proto().toBuilder();
            builder.copy(reading.setInput(MEAN, live.mean())
                    .setInput(VARIANCE, live.variance())
                    .build());
            how.put(site, live);
            Shape perChannel = Shape.fixed(facts.shape(site.input()).fixedExtent(1));
            List.of(live.mean(), live.variance(), live.batchMean()).forEach(tensor -> shapes.put(tensor, perChannel));
        }
        Graph graph = builder.into(original);
        List<NormSite> moved = sites.stream()
                .map(site -> site.in(graph, how.getOrDefault(site, site.normalization())))
                .toList();
        return new LiveStatistics(graph, facts.about(graph, shapes).withInteractingSamples(), moved);
    }

    /** Whether a norm layer is a batch norm of its own: statistics of one that was inserted mean nothing. */
    public static boolean canMove(NormSite site) {
        return site.kind() == NormKind.BATCH && site.normalization() instanceof Normalization.Frozen;
    }

    private static Normalization.Live emit(
            GraphBuilder builder, Graph original, Facts facts, NormSite site, double batchWeight) {
        Normalization.Frozen source = (Normalization.Frozen) site.normalization();
        BatchMoments batch = BatchMoments.of(builder, facts, site);
        return new Normalization.Live(
                blended(builder, original, batch.mean(), source.mean(), batchWeight),
                blended(builder, original, batch.variance(), source.variance(), batchWeight),
                batch.mean(),
                source.epsilon(),
                batchWeight);
    }

    private static String blended(
            GraphBuilder builder, Graph original, String ofBatch, String ofSource, double batchWeight) {
        if (batchWeight == 1) {
            return ofBatch;
        }
        float[] rest = Tensors.floats(original.constant(ofSource).orElseThrow());
        for (int i = 0; i < rest.length; i++) {
            rest[i] = (float) ((1 - batchWeight) * rest[i]);
        }
        return builder.add(builder.multiply(ofBatch, batchWeight), builder.floats(rest, rest.length));
    }
}
