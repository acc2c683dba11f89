package io.tta4j.onnx;

import io.tta4j.engine.Features;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Shape;
import io.tta4j.onnx.probe.Facts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the tensor that holds the features: one row of fixed width for each sample. */
final class FeatureFinder {

    private static final int NAMED = 5;
    private static final Extent ROWS = new Extent(1, 0);
    private static final BatchAxis SAMPLES = new BatchAxis(0, 1, true);
    private static final String CHOOSE = "name a tensor: features in the options, --features on the command line";

    private final String model;
    private final Graph graph;
    private final Facts facts;
    private final Optional<Classifier> classifier;

    /** @param classifier the product that makes the logits; empty where there is no single one */
    FeatureFinder(String model, Graph graph, Facts facts, Optional<Classifier> classifier) {
        this.model = model;
        this.graph = graph;
        this.facts = facts;
        this.classifier = classifier;
    }

    /**
     * The features that are asked for.
     *
     * @param wanted as in {@link OnnxOptions#features}
     * @throws ModelException if there is no such tensor, or it does not hold a row for each sample
     */
    Optional<Features> find(String wanted) {
        return switch (wanted) {
            case Features.NONE -> Optional.empty();
            case Features.AUTO ->
                Optional.of(features(classifier
                        .map(Classifier::input)
                        .orElseThrow(() -> new ModelException(
                                "'%s': features 'auto' are what the last Gemm, MatMul or Conv before the logits is fed, but there is no single one that leads to them; %s, such as %s"
                                        .formatted(model, CHOOSE, candidates())))));
            default -> Optional.of(features(wanted));
        };
    }

    private Features features(String tensor) {
        Shape shape = facts.observations().shapes().get(tensor);
        if (shape == null) {
            throw new ModelException(
                    "'%s': features must be a tensor that the graph makes of its inputs, but '%s' is none; near it are %s"
                            .formatted(model, tensor, near(tensor)));
        }
        if (!holdsRows(tensor)) {
            throw new ModelException(
                    "'%s': features must be a row of fixed width for each sample, [N, D], but tensor '%s' is %s; %s, such as %s"
                            .formatted(model, tensor, shape, CHOOSE, candidates()));
        }
        return new Features(tensor, width(shape));
    }

    /** Whether a tensor is [N, D] but for axes of extent 1, with the samples as rows. */
    private boolean holdsRows(String tensor) {
        Shape shape = facts.observations().shapes().get(tensor);
        if (shape == null || shape.rank() < 2 || !shape.extent(0).equals(ROWS)) {
            return false;
        }
        List<Extent> others = shape.extents().subList(1, shape.rank());
        boolean isRow = others.stream().allMatch(Extent::isFixed)
                && others.stream().filter(extent -> extent.fixed() != 1).count() <= 1;
        boolean ofSamples = facts.batchAxis(tensor).map(SAMPLES::equals).orElse(!facts.samplesIndependent());
        return isRow && ofSamples;
    }

    private static int width(Shape shape) {
        long width = 1;
        for (int axis = 1; axis < shape.rank(); axis++) {
            width *= shape.fixedExtent(axis);
        }
        return Math.toIntExact(width);
    }

    /** Those in front of the classifier that would do, the last first. */
    private List<String> candidates() {
        return candidates(Comparator.comparing(name -> 0));
    }

    private List<String> near(String name) {
        return candidates(Comparator.comparing(candidate -> distance(candidate, name)));
    }

    private List<String> candidates(Comparator<String> order) {
        Set<String> names = new LinkedHashSet<>();
        graph.inputs().forEach(input -> names.add(input.getName()));
        graph.nodes().forEach(node -> names.addAll(node.outputs()));
        classifier.ifPresent(
                last -> names.removeAll(graph.reachable(last.product().outputs(), node -> true)));
        List<String> found = new ArrayList<>(names);
        Collections.reverse(found);
        return found.stream().filter(this::holdsRows).sorted(order).limit(NAMED).toList();
    }

    /** How many characters must be put in, left out or replaced to turn one name into the other (Levenshtein). */
    private static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] now = new int[b.length() + 1];
            now[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replaced, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[b.length()];
    }
}
