package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Shape;
import java.util.Optional;

/**
 * One node as its rule sees it: forward values and shapes, the gradients of outputs, and where to put those of inputs.
 */
final class NodeGradient {

    private final Tape tape;
    private final Node node;

    NodeGradient(Tape tape, Node node) {
        this.tape = tape;
        this.node = node;
    }

    Node node() {
        return node;
    }

    Tape tape() {
        return tape;
    }

    GraphBuilder builder() {
        return tape.builder;
    }

    /** Whether the gradient of an input is asked for. */
    boolean wants(int input) {
        return node.hasInput(input) && tape.isActive(node.input(input));
    }

    /** The gradient of the first output. */
    String upstream() {
        return tape.gradient(node.output()).orElseThrow();
    }

    /** The gradient of an output, if anything depends on it. */
    Optional<String> upstream(int output) {
        return tape.gradient(node.outputs().get(output));
    }

    /** Hands a gradient of the input's own shape to an input. */
    void contribute(int input, String gradient) {
        tape.contribute(node.input(input), gradient);
    }

    /** Hands an input the gradient of what was cut out of it, along an axis whose extent is fixed. */
    void contributePiece(int input, int axis, long start, long length, String gradient) {
        tape.contributePiece(node.input(input), axis, start, length, gradient);
    }

    /** Hands a gradient of the first output's shape to an input that was broadcast to it. */
    void contributeBroadcast(int input, String gradient) {
        contribute(input, tape.reduce(gradient, shapeOfOutput(), shapeOf(input)));
    }

    /** The forward value of an input. */
    String value(int input) {
        return value(node.input(input));
    }

    /** An input of integers or booleans, as it was. */
    String discrete(int input) {
        return tape.discrete(node.input(input));
    }

    /** The forward value of the first output. */
    String valueOfOutput() {
        return value(node.output());
    }

    private String value(String tensor) {
        return tape.gradient(node.output())
                .map(gradient -> tape.valueBehind(gradient, tensor))
                .orElseGet(() -> tape.value(tensor));
    }

    Shape shapeOf(int input) {
        return tape.facts.shape(node.input(input));
    }

    Shape shapeOfOutput() {
        return tape.facts.shape(node.output());
    }

    /** Whether an integer input has the same values whatever the batch. */
    boolean isFixed(int input) {
        return tape.facts.isFixed(node.input(input));
    }

    /** The values of an integer input that do not depend on the batch. */
    long[] integers(int input) {
        return tape.facts.integers(node.input(input));
    }

    /** An attribute up to some opset and an input from then on; empty where neither is given. */
    Optional<long[]> integersOrAttribute(int input, String attribute) {
        if (node.hasInput(input)) {
            return Optional.of(integers(input));
        }
        return node.hasAttribute(attribute) ? Optional.of(node.integers(attribute)) : Optional.empty();
    }

    /** Refuses gradients of inputs other than the first. */
    void onlyFirstInput(String what) {
        for (int input = 1; input < node.inputs().size(); input++) {
            if (wants(input)) {
                throw new UnsupportedGradient(what + " depends on an adapted layer");
            }
        }
    }
}
