package io.tta4j.onnx.rewrite;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.onnx.graph.TestGraph;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Branches of which only one is ever taken. */
class BranchesTest {

    private final TestGraph graph = new TestGraph(17);
    private final String x = graph.input("x", 1, 4);

    private String extent(long axis) {
        return graph.node(
                "Gather",
                List.of(graph.node("Shape", List.of(x)), graph.longs(new long[0], axis)),
                attribute("axis", 0));
    }

    /** As TorchScript's exporter writes a squeeze of an axis of unknown extent. */
    private String squeezed(String condition) {
        String shift = graph.weights(4);
        return graph.node(
                "If",
                List.of(condition),
                graph.body("then_branch", body -> {
                    String flat = body.node("Squeeze", List.of(x, body.longs(1)));
                    body.output(body.node("Add", List.of(flat, shift)));
                }),
                graph.body("else_branch", body -> body.output(body.node("Reshape", List.of(x, body.longs(-1, 4))))));
    }

    @Test
    void takesTheBranchThatShapesDecide() {
        String one = graph.longs(new long[0], 1);
        graph.output(squeezed(graph.node("Equal", List.of(extent(1), one))));
        Rewritten rewritten = Rewritten.of(graph.model());

        assertThat(rewritten.operators()).containsExactly("Squeeze", "Add", "Identity");
        rewritten.agrees();
    }

    @Test
    void takesTheBranchThatAConstantDecides() {
        String truth = graph.node("Not", List.of(graph.node("Squeeze", List.of(graph.bytes(DataType.BOOL, (byte) 0)))));
        graph.output(squeezed(truth));
        Rewritten rewritten = Rewritten.of(graph.model());

        assertThat(rewritten.operators()).contains("Squeeze").doesNotContain("If");
        rewritten.agrees();
    }

    @Test
    void leavesABranchThatABatchOfOneTakesAlone() {
        String one = graph.longs(new long[0], 1);
        graph.output(squeezed(graph.node("Equal", List.of(extent(0), one))));
        Rewritten rewritten = Rewritten.of(graph.model());

        assertThat(rewritten.operators()).contains("If");
        rewritten.agrees();
    }

    @Test
    void leavesABranchThatDataDecide() {
        String sum = graph.node("ReduceSum", List.of(x), attribute("keepdims", 0));
        graph.output(squeezed(graph.node("Greater", List.of(sum, graph.number(0)))));
        Rewritten rewritten = Rewritten.of(graph.model());

        assertThat(rewritten.operators()).contains("If");
        rewritten.agrees();
    }

    @Test
    void takesBranchesInsideOfBranches() {
        String inner = graph.node("Equal", List.of(extent(2), graph.longs(new long[0], 4)));
        String outer = graph.node("Less", List.of(extent(1), graph.longs(new long[0], 2)));
        graph.output(graph.node(
                "If",
                List.of(outer),
                graph.body(
                        "then_branch",
                        body -> body.output(body.node(
                                "If",
                                List.of(inner),
                                body.body("then_branch", b -> b.output(b.node("Neg", List.of(x)))),
                                body.body("else_branch", b -> b.output(b.node("Abs", List.of(x))))))),
                graph.body("else_branch", body -> body.output(body.node("Exp", List.of(x))))));
        Rewritten rewritten = Rewritten.of(graph.model());

        assertThat(rewritten.operators()).containsExactly("Neg", "Identity", "Identity");
        rewritten.agrees();
    }
}
