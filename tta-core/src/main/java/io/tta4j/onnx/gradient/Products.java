package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.Extent;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.ArrayList;
import java.util.List;

/** Rules of matrix products. */
final class Products {

    private Products() {}

    /** Y = A B over the last two axes, the others broadcast: dY B' and A' dY. */
    static void matMul(NodeGradient node) {
        GraphBuilder builder = node.builder();
        Shape a = node.shapeOf(0);
        Shape b = node.shapeOf(1);
        if (a.rank() < 2 || b.rank() < 2) {
            throw new UnsupportedGradient("both factors must have at least two axes, but had " + a + " and " + b);
        }
        if (node.wants(0)) {
            String gradient = builder.emit("MatMul", List.of(node.upstream(), swapLastAxes(builder, node.value(1), b)));
            node.contribute(0, node.tape().reduce(gradient, batchedLike(node, a), a));
        }
        if (node.wants(1)) {
            String gradient = builder.emit("MatMul", List.of(swapLastAxes(builder, node.value(0), a), node.upstream()));
            node.contribute(1, node.tape().reduce(gradient, batchedLike(node, b), b));
        }
    }

    /** The leading axes of the product with the last two of a factor. */
    private static Shape batchedLike(NodeGradient node, Shape factor) {
        Shape product = node.shapeOfOutput();
        List<Extent> extents = new ArrayList<>(product.extents());
        for (int back = 1; back <= 2; back++) {
            extents.set(product.rank() - back, factor.extent(factor.rank() - back));
        }
        return new Shape(extents);
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
