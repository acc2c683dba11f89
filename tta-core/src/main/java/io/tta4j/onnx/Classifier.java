package io.tta4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.model.Matrix;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.Node;
import io.tta4j.onnx.graph.Tensors;
import io.tta4j.onnx.probe.Probe;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The last product before the logits, of weights and what a network makes of a sample.
 *
 * @param product a Gemm, MatMul, Einsum or Conv
 * @param input what it is fed
 * @param scale by what its result is multiplied on the way to the logits; empty where anything else happens to it there
 *     than scaling and shifting
 */
record Classifier(Node product, String input, Optional<Float> scale) {

    private static final Set<String> PRODUCTS = Set.of("Gemm", "MatMul", "Einsum", "Conv");

    /** Nodes that leave the values of a row and their order as they are. */
    private static final Set<String> SAME =
            Set.of("Identity", "Dropout", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Add");

    /** The classifier of a graph in canonical form; empty where no single product leads to the logits. */
    static Optional<Classifier> of(Graph graph, String logits) {
        Set<String> data = graph.reachable(
                graph.inputs().stream().map(input -> input.getName()).toList(),
                node -> !Probe.SHAPE_OPERATORS.contains(node.operator()));
        Optional<Float> scale = Optional.of(1f);
        String tensor = logits;
        while (graph.producer(tensor).isPresent()) {
            Node node = graph.producer(tensor).get();
            List<String> sources = node.reads().stream().filter(data::contains).toList();
            if (sources.size() != 1) {
                return Optional.empty();
            }
            String source = sources.get(0);
            if (PRODUCTS.contains(node.operator())) {
                return Optional.of(new Classifier(node, source, scale));
            }
            scale = scale.flatMap(behind -> factor(graph, node, source).map(factor -> behind * factor));
            tensor = source;
        }
        return Optional.empty();
    }

    /** By what a node multiplies; empty if it does anything else than that and shifting. */
    private static Optional<Float> factor(Graph graph, Node node, String source) {
        boolean first = node.input(0).equals(source);
        if (node.inputs().stream().filter(source::equals).count() != 1) {
            return Optional.empty();
        }
        if (SAME.contains(node.operator()) || (node.operator().equals("Sub") && first)) {
            return Optional.of(1f);
        }
        boolean divides = node.operator().equals("Div") && first;
        if (!divides && !node.operator().equals("Mul")) {
            return Optional.empty();
        }
        return graph.constant(node.input(first ? 1 : 0))
                .filter(constant -> Tensors.isFloat(constant) && Tensors.elements(constant) == 1)
                .map(constant -> Tensors.floats(constant)[0])
                .map(value -> divides ? 1 / value : value);
    }

    /**
     * W, of shape [C, D], where {@code logits = input W^T + b}; empty where the product is none of that form.
     *
     * @param classes C
     * @param width D
     */
    Optional<Matrix> weights(Graph graph, int classes, int width) {
        if (!product.input(0).equals(input) || !isPlain()) {
            return Optional.empty();
        }
        boolean transposed = switch (product.operator()) {
            case "MatMul" -> true;
            case "Gemm" -> product.integer("transB", 0) == 0;
            default -> false;
        };
        return scale.flatMap(factor -> graph.constant(product.input(1))
                .filter(constant -> Tensors.isFloat(constant)
                        && Arrays.equals(
                                matrixShape(constant),
                                transposed ? new long[] {width, classes} : new long[] {classes, width}))
                .map(constant -> scaled(
                        Tensors.floats(constant), factor * product.real("alpha", 1), classes, width, transposed)));
    }

    private boolean isPlain() {
        return switch (product.operator()) {
            case "MatMul" -> true;
            case "Gemm" -> product.integer("transA", 0) == 0;
            case "Conv" ->
                product.integer("group", 1) == 1
                        && Arrays.stream(product.integers("pads")).allMatch(pad -> pad == 0);
            default -> false;
        };
    }

    /** The shape of weights, without the extents of 1 that a kernel has behind its channels. */
    private static long[] matrixShape(TensorProto weights) {
        long[] shape = Tensors.shape(weights);
        boolean point = Arrays.stream(shape).skip(2).allMatch(extent -> extent == 1);
        return point && shape.length > 2 ? Arrays.copyOf(shape, 2) : shape;
    }

    private static Matrix scaled(float[] values, float factor, int classes, int width, boolean transposed) {
        float[] rows = new float[values.length];
        for (int row = 0; row < classes; row++) {
            for (int column = 0; column < width; column++) {
                int from = transposed ? column * classes + row : row * width + column;
                rows[row * width + column] = factor * values[from];
            }
        }
        return Matrix.of(classes, width, rows);
    }
}
