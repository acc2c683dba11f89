package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rule of a sum of products: the gradient of an operand is one as well, of the output's gradient and the other
 * operands, with the letters' roles exchanged.
 */
final class Einsum {

    private static final String ELLIPSIS = "...";

    private final NodeGradient node;
    private final List<String> operands = new ArrayList<>();
    private final String output;

    /** Letters that the equation does not use. */
    private final String free;

    private Einsum(NodeGradient node) {
        this.node = node;
        String equation = node.node().text("equation", "").replace(" ", "");
        this.free = IntStream.concat(IntStream.rangeClosed('a', 'z'), IntStream.rangeClosed('A', 'Z'))
                .filter(letter -> equation.indexOf(letter) < 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        int arrow = equation.indexOf("->");
        String left = arrow < 0 ? equation : equation.substring(0, arrow);
        String[] terms = left.split(",", -1);
        for (int input = 0; input < terms.length; input++) {
            operands.add(spelledOut(terms[input], node.shapeOf(input).rank()));
        }
        this.output = arrow < 0
                ? implied()
                : spelledOut(equation.substring(arrow + 2), node.shapeOfOutput().rank());
        requireOneExtentEach();
    }

    static void differentiate(NodeGradient node) {
        Einsum sum = new Einsum(node);
        IntStream.range(0, sum.operands.size()).filter(node::wants).forEach(sum::contribute);
    }

    /** The axes of an ellipsis get letters of their own, counted from the last: those of shorter ones are its last. */
    private String spelledOut(String term, int rank) {
        int at = term.indexOf(ELLIPSIS);
        String letters = term.replace(ELLIPSIS, "");
        int hidden = rank - letters.length();
        if (letters.chars().distinct().count() < letters.length()) {
            throw new UnsupportedGradient("no term may name an axis twice, but '" + term + "' does");
        }
        if (at < 0 || hidden == 0) {
            return letters;
        }
        String spelled = IntStream.range(0, hidden)
                .mapToObj(axis -> String.valueOf(free.charAt(hidden - 1 - axis)))
                .collect(Collectors.joining());
        return letters.substring(0, at) + spelled + letters.substring(at);
    }

    /** Without an arrow: the ellipsis, and all letters that occur once, in order. */
    private String implied() {
        String all = String.join("", operands);
        String hidden = free.chars()
                .filter(letter -> all.indexOf(letter) >= 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        hidden = new StringBuilder(hidden).reverse().toString();
        return hidden
                + all.chars()
                        .filter(letter -> free.indexOf(letter) < 0 && all.indexOf(letter) == all.lastIndexOf(letter))
                        .sorted()
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining());
    }

    private void requireOneExtentEach() {
        for (int input = 0; input < operands.size(); input++) {
            for (int axis = 0; axis < operands.get(input).length(); axis++) {
                char letter = operands.get(input).charAt(axis);
                Extent extent = node.shapeOf(input).extent(axis);
                if (!extent.equals(extentOf(letter))) {
                    throw new UnsupportedGradient("axes of one name must be of one extent, but '%s' is %s and %s"
                            .formatted(letter, extentOf(letter), extent));
                }
            }
        }
    }

    private Extent extentOf(char letter) {
        int input = IntStream.range(0, operands.size())
                .filter(i -> operands.get(i).indexOf(letter) >= 0)
                .findFirst()
                .orElseThrow();
        return node.shapeOf(input).extent(operands.get(input).indexOf(letter));
    }

    private void contribute(int input) {
        GraphBuilder builder = node.builder();
        List<String> terms = new ArrayList<>(List.of(output));
        List<String> factors = new ArrayList<>(List.of(node.upstream()));
        for (int other = 0; other < operands.size(); other++) {
            if (other != input) {
                terms.add(operands.get(other));
                factors.add(node.value(other));
            }
        }
        String operand = operands.get(input);
        String known = String.join("", terms);
        String named = operand.chars()
                .filter(letter -> known.indexOf(letter) >= 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        String equation = String.join(",", terms) + "->" + named;
        String gradient = builder.emit("Einsum", factors, GraphBuilder.attribute("equation", equation));
        node.contribute(input, named.equals(operand) ? gradient : spread(gradient, operand, named, input));
    }

    /** Along an axis that was only summed over, all elements have the same gradient. */
    private String spread(String gradient, String operand, String named, int input) {
        GraphBuilder builder = node.builder();
        Shape shape = node.shapeOf(input);
        Shape column = shape;
        for (int axis = 0; axis < operand.length(); axis++) {
            if (named.indexOf(operand.charAt(axis)) < 0) {
                column = column.with(axis, 1);
            }
        }
        return builder.emit(
                "Expand",
                List.of(
                        builder.reshape(gradient, node.tape().shape(column)),
                        node.tape().shape(shape)));
    }
}
