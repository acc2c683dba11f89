package io.tta4j.onnx;

import io.tta4j.engine.Features;
import io.tta4j.engine.Inspection;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormKind;
import io.tta4j.model.Statistics;
import io.tta4j.onnx.gradient.Differentiator;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.norm.LiveStatistics;
import io.tta4j.onnx.norm.MovingStatistics;
import io.tta4j.onnx.probe.Facts;
import io.tta4j.onnx.probe.Observations;
import io.tta4j.onnx.probe.Probe;
import io.tta4j.onnx.rewrite.CanonicalForm;
import io.tta4j.onnx.rewrite.OpenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that is known about a model before anything is built: read, folded, probed, its norm layers found.
 *
 * @param file the file
 * @param graph its graph in canonical form
 * @param remarks what could not be brought into that form, and why
 * @param inputs what it is fed
 * @param head where the logits come out
 * @param classes C
 * @param classifier the product that makes the logits; empty where there is no single one
 * @param features what a pass hands out beside them
 * @param fileAnswers whether the file itself makes all that a pass hands out
 * @param facts what the probe found
 * @param lifting the norm layers' parameters
 * @param refusal why there is nothing to adapt; empty if there is
 * @param differentiator the way from the logits back to them
 */
record Analysis(
        ModelFile file,
        Graph graph,
        List<String> remarks,
        Inputs inputs,
        Head head,
        int classes,
        Optional<Classifier> classifier,
        Optional<Features> features,
        boolean fileAnswers,
        Facts facts,
        Lifting lifting,
        Optional<String> refusal,
        Differentiator differentiator) {

    /** The first in which Split and ReduceSum have the form of today. */
    private static final long OLDEST_OPSET = 13;

    private static final String OPENED = "the file has a fixed batch of %d; it was opened, and batches of any size run";

    static final String UNFOLD =
            "export again with optimize=False, or with training=PRESERVE and do_constant_folding=False,";

    private static final String INSERTED =
            "there was no norm layer behind some or all convolutions; a scale and a shift for each channel were inserted behind"
                    + " them, %d times. If batch norm was folded into the convolutions, its statistics are gone and cannot"
                    + " follow the batch, and with them most of what adaptation gains: "
                    + UNFOLD
                    + " to keep it";

    /** @throws ModelException if the model is no classifier that can be served */
    static Analysis of(ModelFile file, OnnxOptions options) {
        return of(
                file,
                options,
                (graph, inputs, head) ->
                        new Probe(graph, inputs.specs(), options.intraOpThreads()).facts(head.logits()));
    }

    /**
     * The analysis of a model that was probed before.
     *
     * @throws ModelException if the file has changed
     */
    static Analysis again(ModelFile file, OnnxOptions options, Observations seen) {
        return of(file, options, (graph, inputs, head) -> new Facts(graph, seen));
    }

    /** Where facts come from. */
    private interface FactFinder {
        Facts find(Graph graph, Inputs inputs, Head head);
    }

    private static Analysis of(ModelFile file, OnnxOptions options, FactFinder finder) {
        Graph original = new Graph(file.read());
        OptionalLong batch = Inputs.fixedBatch(file.name(), original);
        if (batch.isPresent()) {
            Inputs inputs = Inputs.of(file.name(), original, options);
            Graph opened = OpenBatch.of(file.name(), original, batch.getAsLong(), inputs.specs());
            return of(file.with(opened.model(), OPENED.formatted(batch.getAsLong())), options, finder);
        }
        if (original.opset() < OLDEST_OPSET) {
            throw new ModelException("'%s' must be of opset %d or newer, but is of %d; export it again"
                    .formatted(file.name(), OLDEST_OPSET, original.opset()));
        }
        Inputs inputs = Inputs.of(file.name(), original, options);
        CanonicalForm canonical = CanonicalForm.of(original, inputs.specs());
        Graph graph = canonical.graph();
        Head head = Head.of(file.name(), graph, options.logits());
        Facts facts = finder.find(graph, inputs, head);
        int classes = classes(file, head, facts);
        Optional<Classifier> classifier = Classifier.of(graph, head.logits());
        Optional<Features> features = new FeatureFinder(file.name(), graph, facts, classifier).find(options.features());
        boolean fileAnswers = features.stream()
                .allMatch(found -> original.producer(found.name()).isPresent());
        AdaptedLayers layers = AdaptedLayers.of(graph, facts, head.logits(), options.insertion());
        return new Analysis(
                file,
                layers.graph(),
                canonical.remarks(),
                inputs,
                head,
                classes,
                classifier,
                features,
                fileAnswers,
                layers.facts(),
                new Lifting(layers.sites()),
                layers.refusal(),
                Differentiator.of(layers.graph(), layers.facts(), layers.sites(), head.logits()));
    }

    /**
     * The same model with batch norm on a blend with the statistics of the batch. Norms that are none stay as they are.
     */
    Analysis withStatistics(Statistics statistics) {
        LiveStatistics live = LiveStatistics.of(graph, facts, lifting.sites(), statistics.batchWeight());
        return new Analysis(
                file,
                live.graph(),
                remarks,
                inputs,
                head,
                classes,
                classifier,
                features,
                fileAnswers,
                live.facts(),
                new Lifting(live.sites()),
                refusal,
                Differentiator.of(live.graph(), live.facts(), live.sites(), head.logits()));
    }

    /** Whether there is a batch norm that could take the batch's statistics. */
    boolean hasBatchNorm() {
        return lifting.sites().stream().anyMatch(LiveStatistics::canMove);
    }

    /** The batch norm layers whose statistics can move. */
    MovingStatistics moving() {
        return new MovingStatistics(graph, facts, lifting);
    }

    private static int classes(ModelFile file, Head head, Facts facts) {
        Shape shape = facts.shape(head.logits());
        boolean isClassifier = shape.rank() == 2
                && shape.extent(0).perRow() == 1
                && shape.extent(0).fixed() == 0
                && shape.extent(1).isFixed()
                && shape.extent(1).fixed() > 1;
        if (!isClassifier) {
            throw new ModelException(
                    "'%s': the logits '%s' must be of shape [N, C] with at least two classes, but are %s"
                            .formatted(file.name(), head.logits(), shape));
        }
        if (facts.probabilities()) {
            throw new ModelException(
                    "'%s': the logits '%s' must be unnormalised scores, but the rows sum to one as probabilities do; choose an output in front of the softmax"
                            .formatted(file.name(), head.logits()));
        }
        return Math.toIntExact(shape.extent(1).fixed());
    }

    /** The classifier's weights, where the features are what it is fed, and it is a plain product of them. */
    Optional<Matrix> classifierWeights() {
        return features.flatMap(found -> classifier
                .filter(last -> last.input().equals(found.name()))
                .flatMap(last -> last.weights(graph, classes, found.width())));
    }

    /** What keeps the model from being adapted; empty if nothing does. Derives the backward graph to find out. */
    private List<String> obstacles() {
        return refusal.map(reason -> List.of(FloatPath.obstacle(graph).orElse(reason)))
                .orElseGet(() -> differentiator.obstacles(lifting));
    }

    Inspection inspection() {
        List<String> notes = new ArrayList<>(remarks);
        file.remark().ifPresent(notes::add);
        if (head.isSoftmax()) {
            notes.add("output '%s' is a softmax; adaptation reads '%s' in front of it"
                    .formatted(head.output(), head.logits()));
        }
        if (!facts.samplesIndependent()) {
            notes.add("samples interact: filters that need single gradients are refused");
        }
        long inserted = lifting.layout().layers().stream()
                .filter(layer -> layer.kind() == NormKind.INSERTED)
                .count();
        if (inserted > 0) {
            notes.add(INSERTED.formatted(inserted));
        }
        return new Inspection(
                inputs.specs(),
                graph.outputs().stream().map(output -> output.getName()).toList(),
                head.logits(),
                classes,
                head.isSoftmax(),
                features,
                lifting.layout(),
                facts.samplesIndependent(),
                obstacles(),
                notes);
    }
}
