package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.real;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProductsTest {

    static Stream<RuleCase> matrixProducts() {
        return Stream.of(
                RuleCase.of("[N, 5] x [5, 3]", g -> g.node("MatMul", List.of(g.x(5), g.leaf(5, 3)))),
                RuleCase.of("[N, 4, 5] x [5, 3]", g -> g.node("MatMul", List.of(g.x(4, 5), g.leaf(5, 3)))),
                RuleCase.of("[N, 2, 4, 5] x [5, 3]", g -> g.node("MatMul", List.of(g.x(2, 4, 5), g.leaf(5, 3)))),
                RuleCase.of("[3, 4] x [N, 4, 5]", g -> g.node("MatMul", List.of(g.leaf(3, 4), g.x(4, 5)))),
                RuleCase.of("[N, 2, 3, 4] x [N, 2, 4, 5]", g -> g.node("MatMul", List.of(g.x(2, 3, 4), g.x(2, 4, 5)))),
                RuleCase.of("[N, 1, 3, 4] x [N, 2, 4, 5]", g -> g.node("MatMul", List.of(g.x(1, 3, 4), g.x(2, 4, 5)))),
                RuleCase.of("[N, 2, 3, 4] x [2, 4, 5]", g -> g.node("MatMul", List.of(g.x(2, 3, 4), g.leaf(2, 4, 5)))),
                RuleCase.of("[N, 4, 5] x [5]", g -> g.node("MatMul", List.of(g.x(4, 5), g.leaf(5)))),
                RuleCase.of("[N, 5] x [5]", g -> g.node("MatMul", List.of(g.x(5), g.leaf(5)))),
                RuleCase.of("[4] x [N, 4, 5]", g -> g.node("MatMul", List.of(g.leaf(4), g.x(4, 5)))),
                RuleCase.of("[5] x [5]", g -> {
                    String sum = g.node("ReduceSum", List.of(g.x(5), g.longs(0)), attribute("keepdims", 0));
                    return g.node("Add", List.of(g.x(3), g.node("MatMul", List.of(sum, g.leaf(5)))));
                }),
                RuleCase.of(
                        "[1, 2, 3, 4] x [N, 1, 4, 5]",
                        g -> g.node("MatMul", List.of(g.leaf(1, 2, 3, 4), g.x(1, 4, 5)))));
    }

    @ParameterizedTest
    @MethodSource
    void matrixProducts(RuleCase product) {
        product.verifyAdjoint();
    }

    static Stream<RuleCase> gemms() {
        return Stream.of(
                gemm("plain", false, false, 1, 1),
                gemm("B transposed", false, true, 1, 1),
                gemm("B transposed, scaled", false, true, 0.5f, -2),
                gemm("plain, scaled", false, false, -1.5f, 0.25f),
                RuleCase.of("no C", g -> g.node("Gemm", List.of(g.x(5), g.leaf(5, 3)), real("alpha", 3))),
                RuleCase.of("C of one row", g -> g.node("Gemm", List.of(g.x(5), g.weights(5, 3), g.leaf(1, 3)))),
                RuleCase.of("C of one column", g -> g.node("Gemm", List.of(g.x(5), g.weights(5, 3), g.x(1)))),
                RuleCase.of("C of one number", g -> g.node("Gemm", List.of(g.x(5), g.weights(5, 3), g.leaf(1)))),
                // A transposed has the batch on its second axis, so it takes a Transpose to get there and back.
                transposedA("A transposed", false),
                transposedA("both transposed", true));
    }

    private static RuleCase gemm(String name, boolean transA, boolean transB, float alpha, float beta) {
        return RuleCase.of(
                name,
                g -> g.node(
                        "Gemm",
                        List.of(g.x(5), transB ? g.leaf(3, 5) : g.leaf(5, 3), g.leaf(3)),
                        attribute("transA", transA ? 1 : 0),
                        attribute("transB", transB ? 1 : 0),
                        real("alpha", alpha),
                        real("beta", beta)));
    }

    private static RuleCase transposedA(String name, boolean transB) {
        return RuleCase.of(
                name,
                g -> g.node(
                        "Gemm",
                        List.of(g.node("Transpose", List.of(g.x(5))), transB ? g.leaf(3, 5) : g.leaf(5, 3), g.leaf(3)),
                        attribute("transA", 1),
                        attribute("transB", transB ? 1 : 0),
                        real("alpha", 0.5f),
                        real("beta", 2)));
    }

    @ParameterizedTest
    @MethodSource
    void gemms(RuleCase gemm) {
        gemm.verifyAdjoint();
    }
}
