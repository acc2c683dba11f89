package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.ArrayList;
import java.util.List;

/** Rules of matrix products. */
final class Products {

    private Products() {}

    /** Y = A B over the last two axes, the others broadcast: dY B' and A' dY. A vector is a row A or a column B. */
    static void matMul(NodeGradient node) {
        GraphBuilder builder = node.builder();
        Factor a = Factor.of(node, 0);
        Factor b = Factor.of(node, 1);
        Shape product = product(node.shapeOfOutput(), a, b);
        String upstream = a.isVector() || b.isVector()
                ? builder.reshape(node.upstream(), node.tape().shape(product))
                : node.upstream();
        if (node.wants(0) && isWeights(node, b)) {
            node.contribute(0, timesTransposedWeights(node, upstream, b));
        } else if (node.wants(0)) {
            String other = swapLastAxes(builder, b.matrix(node), b.shape());
            contribute(node, a, builder.emit("MatMul", List.of(upstream, other)), product);
        }
        if (node.wants(1)) {
            String other = swapLastAxes(builder, a.matrix(node), a.shape());
            contribute(node, b, builder.emit("MatMul", List.of(other, upstream)), product);
        }
    }

    /** Whether a factor is a constant matrix that all rows of the other are multiplied by. */
    private static boolean isWeights(NodeGradient node, Factor factor) {
        return factor.own().rank() == 2
                && node.shapeOf(0).rank() >= 2
                && node.tape().graph.constant(node.node().input(1)).isPresent();
    }

    /** dY W' as one product over all rows: it reads W as it lies, where a transposition would be folded into a copy. */
    private static String timesTransposedWeights(NodeGradient node, String upstream, Factor weights) {
        GraphBuilder builder = node.builder();
        String rows = builder.reshape(upstream, -1, weights.shape().fixedExtent(1));
        String product = product(node, 1, rows, false, weights.matrix(node), true);
        return builder.reshape(product, node.tape().shape(node.shapeOf(0)));
    }

    /** A factor as a matrix. */
    private record Factor(int input, Shape own, Shape shape) {

        static Factor of(NodeGradient node, int input) {
            Shape own = node.shapeOf(input);
            if (own.rank() > 1) {
                return new Factor(input, own, own);
            }
            Extent one = Extent.of(1);
            Extent length = own.extent(0);
            return new Factor(input, own, new Shape(input == 0 ? List.of(one, length) : List.of(length, one)));
        }

        boolean isVector() {
            return own.rank() == 1;
        }

        String matrix(NodeGradient node) {
            String value = node.value(input);
            return isVector() ? node.builder().reshape(value, node.tape().shape(shape)) : value;
        }
    }

    /** The product's shape with the axes that vectors leave out. */
    private static Shape product(Shape output, Factor a, Factor b) {
        List<Extent> extents = new ArrayList<>(output.extents());
        if (b.isVector()) {
            extents.add(Extent.of(1));
        }
        if (a.isVector()) {
            extents.add(extents.size() - 1, Extent.of(1));
        }
        return new Shape(extents);
    }

    private static void contribute(NodeGradient node, Factor factor, String gradient, Shape product) {
        // The leading axes of the product with the last two of the factor.
        List<Extent> extents = new ArrayList<>(product.extents());
        for (int back = 1; back <= 2; back++) {
            extents.set(
                    product.rank() - back, factor.shape().extent(factor.shape().rank() - back));
        }
        String sum = node.tape().reduce(gradient, new Shape(extents), factor.shape());
        node.contribute(
                factor.input(),
                factor.isVector() ? node.builder().reshape(sum, node.tape().shape(factor.own())) : sum);
    }

    private static String swapLastAxes(GraphBuilder builder, String tensor, Shape shape) {
        long[] permutation = new long[shape.rank()];
        for (int axis = 0; axis < permutation.length; axis++) {
            permutation[axis] = axis;
        }
        permutation[shape.rank() - 2] = shape.rank() - 1L;
        permutation[shape.rank() - 1] = shape.rank() - 2L;
        return builder.transpose(tensor, permutation);
    }

    /** Y = alpha A* B* + beta C, where * is an optional transposition. */
    static void gemm(NodeGradient node) {
        float alpha = node.node().real("alpha", 1);
        boolean transA = node.node().integer("transA", 0) != 0;
        boolean transB = node.node().integer("transB", 0) != 0;
        if (node.wants(0)) {
            String gradient = transA
                    ? product(node, alpha, node.value(1), transB, node.upstream(), true)
                    : product(node, alpha, node.upstream(), false, node.value(1), !transB);
            node.contribute(0, gradient);
        }
        if (node.wants(1)) {
            String gradient = transB
                    ? product(node, alpha, node.upstream(), true, node.value(0), transA)
                    : product(node, alpha, node.value(0), !transA, node.upstream(), false);
            node.contribute(1, gradient);
        }
        if (node.wants(2)) {
            float beta = node.node().real("beta", 1);
            node.contributeBroadcast(
                    2, beta == 1 ? node.upstream() : node.builder().multiply(node.upstream(), beta));
        }
    }

    private static String product(NodeGradient node, float alpha, String a, boolean transA, String b, boolean transB) {
        String product = node.builder()
                .emit(
                        "Gemm",
                        List.of(a, b),
                        GraphBuilder.attribute("transA", transA ? 1 : 0),
                        GraphBuilder.attribute("transB", transB ? 1 : 0));
        return alpha == 1 ? product : node.builder().multiply(product, alpha);
    }
}
