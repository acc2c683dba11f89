package io.tta4j.onnx;

import io.tta4j.onnx.OnnxOptions.Insertion;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.norm.InsertedLayers;
import io.tta4j.onnx.norm.InsertedLayers.Where;
import io.tta4j.onnx.norm.NormFinder;
import io.tta4j.onnx.norm.NormSite;
import io.tta4j.onnx.probe.Facts;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The layers of a graph that can be adapted: the norm layers that it has and those that were inserted.
 *
 * @param graph the graph, with what was inserted
 * @param facts what is known about it
 * @param sites the layers, in graph order
 * @param refusal why there are none; empty if there are some
 */
record AdaptedLayers(Graph graph, Facts facts, List<NormSite> sites, Optional<String> refusal) {

    private static final String NONE =
            "there is no norm layer (batch, group, instance, layer or RMS norm) in the graph, and ";

    static AdaptedLayers of(Graph graph, Facts facts, String logits, Insertion insertion) {
        List<NormSite> found = NormFinder.find(graph, facts);
        if (insertion == Insertion.NEVER) {
            return new AdaptedLayers(
                    graph,
                    facts,
                    found,
                    found.isEmpty() ? Optional.of(NONE + "layers must not be inserted") : Optional.empty());
        }
        Where where = insertion == Insertion.ALWAYS || found.isEmpty() ? Where.EVERYWHERE : Where.BATCH_NORM_WAS_FOLDED;
        InsertedLayers inserted = InsertedLayers.into(graph, facts, normed(graph, found), logits, where);
        if (inserted.sites().isEmpty()) {
            return new AdaptedLayers(
                    graph, facts, found, found.isEmpty() ? Optional.of(NONE + inserted.refusal()) : Optional.empty());
        }
        Graph both = inserted.graph();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < both.nodes().size(); i++) {
            places.put(both.nodes().get(i).output(), i);
        }
        List<NormSite> sites = Stream.concat(
                        found.stream().map(site -> site.in(both, site.normalization())), inserted.sites().stream())
                .sorted(Comparator.comparing(site -> places.getOrDefault(site.output(), 0)))
                .toList();
        return new AdaptedLayers(both, inserted.facts(), sites, Optional.empty());
    }

    /** What nobody but norm layers reads. A branch around one gets nothing of its scales and shifts. */
    private static Set<String> normed(Graph graph, List<NormSite> found) {
        Set<Node> nodes = found.stream().flatMap(site -> site.nodes().stream()).collect(Collectors.toSet());
        return found.stream()
                .map(NormSite::input)
                .filter(input -> nodes.containsAll(graph.consumers(input)))
                .collect(Collectors.toSet());
    }
}
