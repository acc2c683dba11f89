package io.tta4j.onnx.rewrite;

import io.tta4j.onnx.graph.GraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Recurrent layers over sequences of a fixed length, written out step by step. */
final class Recurrence {

    /**
     * Of all such layers of a network. A step is a dozen nodes in each direction, and twice as many backwards: with a
     * thousand steps, ONNX Runtime takes minutes to load what probes the graph.
     */
    private static final long MOST_STEPS = 128;

    private static final String FORWARD = "forward";

    private Recurrence() {}

    /**
     * Inputs: x [steps, batch, features]; of the gates i, o, f and c, weights of the features and of the last output
     * [directions, 4 hidden, ...] and biases of both [directions, 8 hidden]; lengths; the first output and the first
     * cell [directions, batch, hidden]; peepholes. Outputs: every step's output [steps, directions, batch, hidden], the
     * last output, the last cell.
     */
    static List<String> longShortTerm(Expansion node) {
        node.require(!node.node().hasAttribute("activations"), "it names its activations");
        node.require(!node.node().hasAttribute("clip"), "it clips what its gates take in");
        node.require(node.node().integer("input_forget", 0) == 0, "it couples its gates");
        node.require(node.node().integer("layout", 0) == 0, "its batch comes first");
        node.require(!node.hasInput(4), "its sequences have lengths of their own");
        node.require(!node.hasInput(7), "it has peepholes");
        long steps = node.shape(0)[0];
        node.require(steps > 0, "the length of its sequences depends on the batch");
        long layers = node.layersAlike();
        node.require(
                steps * layers <= MOST_STEPS,
                "%d such layers of about %d steps each would be written out, and %d steps in all are the most"
                        .formatted(layers, steps, MOST_STEPS));

        String direction = node.node().text("direction", FORWARD);
        List<Boolean> reversed =
                direction.equals("bidirectional") ? List.of(false, true) : List.of(!direction.equals(FORWARD));
        List<String> outputs = new ArrayList<>();
        List<String> lastOutputs = new ArrayList<>();
        List<String> lastCells = new ArrayList<>();
        for (int i = 0; i < reversed.size(); i++) {
            Cells cells = new Cells(node, i, reversed.size(), Math.toIntExact(steps), reversed.get(i));
            outputs.add(cells.outputs());
            lastOutputs.add(cells.output);
            lastCells.add(cells.cell);
        }
        return List.of(joined(node, outputs, 1), joined(node, lastOutputs, 0), joined(node, lastCells, 0));
    }

    private static String joined(Expansion node, List<String> parts, long axis) {
        return parts.size() == 1 ? parts.get(0) : node.concat(parts, axis);
    }

    /** One direction. What goes from step to step has an axis of 1 in front, as a step of x has. */
    private static final class Cells {

        private final Expansion node;
        private final GraphBuilder builder;
        private final int direction;
        private final int directions;
        private final long hidden;
        private final List<String> byStep = new ArrayList<>();
        private String output;
        private String cell;

        Cells(Expansion node, int direction, int directions, int steps, boolean reversed) {
            this.node = node;
            this.builder = node.builder;
            this.direction = direction;
            this.directions = directions;
            this.hidden = node.shape(2)[2];
            this.output = node.hasInput(5) ? ofDirection(5) : "";
            this.cell = node.hasInput(6) ? ofDirection(6) : "";
            node.require(hidden > 0, "the extent of its weights is not known");

            // All steps in one product; of the last output, step by step.
            String gates = node.emit("MatMul", List.of(node.input(0), weights(1)));
            if (node.hasInput(3)) {
                List<String> biases = node.split(ofDirection(3), 1, 4 * hidden, 4 * hidden);
                gates = builder.add(gates, builder.add(biases.get(0), biases.get(1)));
            }
            String recurrent = weights(2);
            long[] ones = new long[steps];
            Arrays.fill(ones, 1);
            List<String> inputs = steps == 1 ? List.of(gates) : new ArrayList<>(node.split(gates, 0, ones));
            if (reversed && steps > 1) {
                Collections.reverse(inputs);
            }
            inputs.forEach(input -> step(input, recurrent));
            if (reversed) {
                Collections.reverse(byStep);
            }
        }

        /** Of an input with an axis of directions in front, the part of this one, with an axis of 1. */
        private String ofDirection(int input) {
            if (directions == 1) {
                return node.input(input);
            }
            return node.split(node.input(input), 0, 1, 1).get(direction);
        }

        /** Weights as the right factor of a product, [features, 4 hidden]. */
        private String weights(int input) {
            long features = node.shape(input)[2];
            return builder.transpose(builder.reshape(ofDirection(input), 4 * hidden, features), 1, 0);
        }

        private void step(String input, String recurrent) {
            String sum = output.isEmpty() ? input : builder.add(input, node.emit("MatMul", List.of(output, recurrent)));
            List<String> parts = node.split(sum, -1, 3 * hidden, hidden);
            List<String> gates = node.split(node.emit("Sigmoid", List.of(parts.get(0))), -1, hidden, hidden, hidden);
            String candidate = builder.multiply(gates.get(0), node.emit("Tanh", List.of(parts.get(1))));
            cell = cell.isEmpty() ? candidate : builder.add(builder.multiply(gates.get(2), cell), candidate);
            output = builder.multiply(gates.get(1), node.emit("Tanh", List.of(cell)));
            byStep.add(output);
        }

        /** [steps, 1, batch, hidden]. */
        String outputs() {
            return node.emit("Unsqueeze", List.of(joined(node, byStep, 0), builder.longs(1)));
        }
    }
}
