package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where a classifier's answer comes out.
 *
 * <p>Entropy of probabilities taken as logits would be silently wrong, so a softmax at the end is looked through, and
 * one that something else lies behind is refused.
 *
 * @param output the model's output
 * @param logits the unnormalised scores: the output itself, or what its softmax is of
 * @param form what the output is of the logits
 */
record Head(String output, String logits, Form form) {

    /** What the output of a classifier is. */
    enum Form {
        LOGITS,
        PROBABILITIES,
        LOG_PROBABILITIES
    }

    private static final Map<String, Form> SOFTMAX =
            Map.of("Softmax", Form.PROBABILITIES, "LogSoftmax", Form.LOG_PROBABILITIES);

    /** Nodes behind which a tensor is the same, element by element and in shape. */
    private static final Set<String> SAME = Set.of("Identity", "Dropout");

    /** Nodes behind which a softmax still is one, in another shape, type or scale. */
    private static final Set<String> DISGUISES = Set.of("Cast", "Flatten", "Log", "Reshape", "Squeeze", "Unsqueeze");

    boolean isSoftmax() {
        return form != Form.LOGITS;
    }

    /** Logits that lead to an output, up to a constant of each row. */
    Matrix logitsOf(Matrix outputs) {
        if (form != Form.PROBABILITIES) {
            return outputs;
        }
        float[] logarithms = outputs.toArray();
        for (int i = 0; i < logarithms.length; i++) {
            // A probability that rounds to zero has a large negative logit, not an infinite one.
            logarithms[i] = (float) Math.log(Math.max(logarithms[i], Float.MIN_VALUE));
        }
        return Matrix.of(outputs.rows(), outputs.columns(), logarithms);
    }

    /**
     * @param chosen the output to take; where it is empty, the model must have one, or one called {@code logits}
     * @throws ModelException if no output can be taken, or it is no output of a classifier over exclusive classes
     */
    static Head of(String model, Graph graph, Optional<String> chosen) {
        String output = output(model, graph, chosen);
        Node last = behind(graph, output, SAME)
                .orElseThrow(() -> new ModelException(
                        "'%s': output '%s' depends on no node of the graph".formatted(model, output)));
        if (SOFTMAX.containsKey(last.operator())) {
            requireOverClasses(model, last);
            return new Head(output, last.input(0), Objects.requireNonNull(SOFTMAX.get(last.operator())));
        }
        refuseDisguised(model, graph, last);
        return new Head(output, output, Form.LOGITS);
    }

    /** The first node, going back from a tensor, that is none of the given operators. */
    private static Optional<Node> behind(Graph graph, String tensor, Set<String> operators) {
        Optional<Node> node = graph.producer(tensor);
        while (node.filter(producer -> operators.contains(producer.operator())).isPresent()) {
            node = graph.producer(node.get().input(0));
        }
        return node;
    }

    private static void requireOverClasses(String model, Node softmax) {
        long axis = softmax.integer("axis", -1);
        if (axis != -1 && axis != 1) {
            throw new ModelException("'%s' ends in a %s over axis %d, but it must run over the classes, axis 1"
                    .formatted(model, softmax.operator(), axis));
        }
    }

    private static void refuseDisguised(String model, Graph graph, Node last) {
        Set<String> passed = new HashSet<>(SAME);
        passed.addAll(DISGUISES);
        Optional<Node> end =
                passed.contains(last.operator()) ? behind(graph, last.output(), passed) : Optional.of(last);
        if (end.isEmpty()) {
            return;
        }
        Node node = end.get();
        if (node.operator().equals("Sigmoid")) {
            throw new ModelException(
                    "'%s' ends in a Sigmoid (node '%s'): multi-label models cannot be adapted by softmax entropy; a model must end in logits or a Softmax over exclusive classes"
                            .formatted(model, node.name()));
        }
        if (SOFTMAX.containsKey(node.operator())) {
            throw new ModelException(
                    "'%s' must end in its logits or in a %s of them, but '%s' lies behind the %s (node '%s'); export it without"
                                    .formatted(model, node.operator(), last.name(), node.operator(), node.name())
                            + " the nodes behind, or choose an output in front");
        }
    }

    private static String output(String model, Graph graph, Optional<String> chosen) {
        List<String> outputs =
                graph.outputs().stream().map(ValueInfoProto::getName).toList();
        String wanted = chosen.orElse(outputs.size() == 1 ? outputs.get(0) : "logits");
        if (!outputs.contains(wanted)) {
            throw new ModelException(
                    "'%s': the logits must be one of the outputs %s, but were to be '%s'; choose one by name: logits in the options, --logits on the command line"
                            .formatted(model, outputs, wanted));
        }
        return wanted;
    }
}
