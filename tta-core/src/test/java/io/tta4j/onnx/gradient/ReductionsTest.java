package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.ModelException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReductionsTest {

    static Stream<RuleCase> reductions() {
        List<long[]> axes = List.of(new long[] {1}, new long[] {-1}, new long[] {2, 3}, new long[] {-2, 1});
        return axes.stream()
                .flatMap(some -> Stream.of(0, 1)
                        .flatMap(keep -> Stream.of(
                                byAttribute("ReduceMean", 13, keep, some),
                                byAttribute("ReduceMean", 17, keep, some),
                                byInput("ReduceMean", 18, keep, some),
                                byAttribute("ReduceSum", 11, keep, some),
                                byInput("ReduceSum", 13, keep, some),
                                byInput("ReduceSum", 20, keep, some))));
    }

    private static RuleCase byAttribute(String operator, long opset, int keep, long... axes) {
        return RuleCase.of(
                name(operator, opset, keep, axes),
                opset,
                g -> g.node(operator, List.of(g.x(3, 4, 5)), integers("axes", axes), attribute("keepdims", keep)));
    }

    private static RuleCase byInput(String operator, long opset, int keep, long... axes) {
        return RuleCase.of(
                name(operator, opset, keep, axes),
                opset,
                g -> g.node(operator, List.of(g.x(3, 4, 5), g.longs(axes)), attribute("keepdims", keep)));
    }

    private static String name(String operator, long opset, int keep, long... axes) {
        return "%s over %s, keepdims %d, opset %d".formatted(operator, Arrays.toString(axes), keep, opset);
    }

    @ParameterizedTest
    @MethodSource
    void reductions(RuleCase reduction) {
        reduction.verifyAdjoint();
    }

    static Stream<RuleCase> othersThanOverAxes() {
        return Stream.of(
                RuleCase.of(
                        "no axes, no operation",
                        18,
                        g -> g.node("ReduceMean", List.of(g.x(3, 4)), attribute("noop_with_empty_axes", 1))),
                // Over everything, and spread over the batch again.
                RuleCase.of("over all axes, the batch among them", g -> {
                    String x = g.x(3, 4);
                    String sum = g.node("ReduceSum", List.of(x), attribute("keepdims", 1));
                    return g.node("Sub", List.of(x, sum));
                }),
                RuleCase.of("global average pool", g -> g.node("GlobalAveragePool", List.of(g.x(3, 4, 5)))),
                RuleCase.of("global average pool, one axis", g -> g.node("GlobalAveragePool", List.of(g.x(3, 4)))),
                RuleCase.of(
                        "global average pool, three axes", g -> g.node("GlobalAveragePool", List.of(g.x(3, 4, 2, 5)))));
    }

    @ParameterizedTest
    @MethodSource
    void othersThanOverAxes(RuleCase reduction) {
        reduction.verifyAdjoint();
    }

    @Test
    void namesTheNodeThatTakesAMeanOverTheBatch() {
        RuleCase mean = RuleCase.of("mean over the batch", g -> {
            String x = g.x(3, 4);
            return g.node("Sub", List.of(x, g.node("ReduceMean", List.of(x), integers("axes", 0))));
        });

        assertThatThrownBy(mean::verifyAdjoint)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("ReduceMean node 't0'")
                .hasMessageContaining("must not depend on the batch");
    }
}
