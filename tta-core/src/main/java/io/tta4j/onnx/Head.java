package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.model.ModelException;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a classifier's answer comes out.
 *
 * <p>Entropy of probabilities taken as logits would be silently wrong, so a softmax at the end is looked through.
 *
 * @param output the model's output
 * @param logits the unnormalised scores: the output itself, or what its softmax is of
 */
record Head(String output, String logits) {

    private static final Set<String> TRANSPARENT = Set.of("Identity", "Dropout");
    private static final Set<String> SOFTMAX = Set.of("Softmax", "LogSoftmax");

    boolean isSoftmax() {
        return !output.equals(logits);
    }

    /**
     * @param chosen the output to take; where it is empty, the model must have one, or one called {@code logits}
     * @throws ModelException if no output can be taken, or it is no output of a classifier over exclusive classes
     */
    static Head of(String model, Graph graph, Optional<String> chosen) {
        String output = output(model, graph, chosen);
        String end = output;
        Optional<Node> producer = graph.producer(end);
        while (producer.filter(node -> TRANSPARENT.contains(node.operator())).isPresent()) {
            end = producer.get().input(0);
            producer = graph.producer(end);
        }
        if (producer.isEmpty()) {
            throw new ModelException("'%s': output '%s' depends on no node of the graph".formatted(model, output));
        }
        Node last = producer.get();
        if (last.operator().equals("Sigmoid")) {
            throw new ModelException(
                    "'%s' ends in a Sigmoid (node '%s'): multi-label models cannot be adapted by softmax entropy; a model must end in logits or a Softmax over exclusive classes"
                            .formatted(model, last.name()));
        }
        if (SOFTMAX.contains(last.operator())) {
            long axis = last.integer("axis", graph.opset() >= 13 ? -1 : 1);
            if (axis != -1 && axis != 1) {
                throw new ModelException("'%s' ends in a %s over axis %d, but it must run over the classes, axis 1"
                        .formatted(model, last.operator(), axis));
            }
            return new Head(output, last.input(0));
        }
        return new Head(output, output);
    }

    private static String output(String model, Graph graph, Optional<String> chosen) {
        List<String> outputs =
                graph.outputs().stream().map(ValueInfoProto::getName).toList();
        String wanted = chosen.orElse(outputs.size() == 1 ? outputs.get(0) : "logits");
        if (!outputs.contains(wanted)) {
            throw new ModelException(
                    "'%s': the logits must be one of the outputs %s, but were to be '%s'; choose one by name"
                            .formatted(model, outputs, wanted));
        }
        return wanted;
    }
}
