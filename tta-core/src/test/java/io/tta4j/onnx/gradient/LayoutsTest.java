package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayoutsTest {

    static Stream<RuleCase> reshapes() {
        return Stream.of(
                RuleCase.of("Reshape", g -> g.node("Reshape", List.of(g.x(6, 4), g.longs(-1, 3, 8)))),
                RuleCase.of(
                        "Reshape, extents copied", g -> g.node("Reshape", List.of(g.x(6, 4), g.longs(0, 0, 2, -1)))),
                RuleCase.of("Reshape into the batch", g -> {
                    String merged = g.node("Reshape", List.of(g.x(6, 4), g.longs(-1, 4)));
                    return g.node("Reshape", List.of(merged, g.longs(-1, 24)));
                }),
                RuleCase.of("Reshape to the batch at hand", g -> {
                    String x = g.x(6, 4);
                    String rows = g.node("Slice", List.of(g.node("Shape", List.of(x)), g.longs(0), g.longs(1)));
                    String shape = g.node("Concat", List.of(rows, g.longs(24)), attribute("axis", 0));
                    return g.node("Reshape", List.of(x, shape));
                }),
                RuleCase.of("Flatten", g -> g.node("Flatten", List.of(g.x(3, 2, 4)))),
                RuleCase.of("Flatten from a later axis", g -> {
                    String merged = g.node("Flatten", List.of(g.x(3, 2, 4)), attribute("axis", -2));
                    return g.node("Reshape", List.of(merged, g.longs(-1, 24)));
                }),
                RuleCase.of("Squeeze", g -> g.node("Squeeze", List.of(g.x(1, 3, 1), g.longs(1, -1)))),
                RuleCase.of("Squeeze whatever is 1", g -> g.node("Squeeze", List.of(g.x(1, 3, 1)))),
                RuleCase.of(
                        "Squeeze by attribute",
                        11,
                        g -> g.node("Squeeze", List.of(g.x(1, 3, 1)), integers("axes", 1, 3))),
                RuleCase.of("Unsqueeze", g -> g.node("Unsqueeze", List.of(g.x(3, 4), g.longs(1, -1)))),
                RuleCase.of(
                        "Unsqueeze by attribute",
                        11,
                        g -> g.node("Unsqueeze", List.of(g.x(3, 4)), integers("axes", 1, 4))),
                RuleCase.of("Identity", g -> g.node("Identity", List.of(g.x(3)))),
                RuleCase.of("Dropout", g -> g.node("Dropout", List.of(g.x(3)))),
                RuleCase.of("Cast", g -> g.node("Cast", List.of(g.x(3)), attribute("to", DataType.FLOAT.getNumber()))));
    }

    static Stream<RuleCase> transposes() {
        return Stream.of(
                RuleCase.of("0 2 1", g -> g.node("Transpose", List.of(g.x(3, 4)), integers("perm", 0, 2, 1))),
                // Only where forth and back differ does the inverse show.
                RuleCase.of("0 3 1 2", g -> g.node("Transpose", List.of(g.x(3, 4, 5)), integers("perm", 0, 3, 1, 2))),
                RuleCase.of("1 2 0 and back by default", g -> {
                    String moved = g.node("Transpose", List.of(g.x(3, 4)), integers("perm", 1, 2, 0));
                    return g.node("Transpose", List.of(moved));
                }));
    }

    /** Several pieces of one tensor, each scaled its own way and laid out in another order. */
    static Stream<RuleCase> pieces() {
        return Stream.of(
                pieces("side by side", new long[][] {{1, 3, 5}, {1, 0, 2}, {1, 2, 3}}),
                pieces("with gaps", new long[][] {{1, 1, 2}, {1, 3, 4}}),
                pieces("overlapping", new long[][] {{1, 0, 3}, {1, 2, 5}, {1, 3, 4}}),
                pieces("along two axes", new long[][] {{2, 0, 2}, {1, 0, 2}, {2, 2, 6}, {1, 4, 5}}),
                RuleCase.of("taken one by one", g -> {
                    String x = g.x(3, 4);
                    String first = g.node("Gather", List.of(x, index(g, 0)), attribute("axis", 1));
                    String last = g.node("Gather", List.of(x, index(g, 2)), attribute("axis", 1));
                    return g.node("Add", List.of(first, g.node("Mul", List.of(last, g.weights(4)))));
                }));
    }

    private static String index(RuleGraph g, long index) {
        return g.graph().longs(new long[0], index);
    }

    private static RuleCase pieces(String name, long[][] axisStartEnd) {
        return RuleCase.of(name, g -> {
            String x = g.x(5, 6);
            List<String> scaled = new ArrayList<>();
            for (long[] piece : axisStartEnd) {
                String cut = g.node("Slice", List.of(x, g.longs(piece[1]), g.longs(piece[2]), g.longs(piece[0])));
                String weights = piece[0] == 1 ? g.weights(piece[2] - piece[1], 6) : g.weights(5, piece[2] - piece[1]);
                String flat = g.node("Flatten", List.of(g.node("Mul", List.of(cut, weights))));
                scaled.add(flat);
            }
            return g.node("Concat", scaled, attribute("axis", 1));
        });
    }

    static Stream<RuleCase> slices() {
        long end = Long.MAX_VALUE;
        long begin = Long.MIN_VALUE;
        return Stream.of(
                slice("in the middle", s(1), s(4), s(1), s(1)),
                slice("negative start", s(-3), s(end), s(-1), s(1)),
                slice("negative end", s(1), s(-1), s(1), s(1)),
                slice("start beyond the front", s(-100), s(3), s(1), s(1)),
                slice("open end", s(2), s(end), s(1), s(1)),
                slice("everything", s(0), s(end), s(1), s(1)),
                slice("everything along the batch", s(0, 1), s(end, 3), s(0, 2), s(1, 1)),
                slice("two axes", s(1, -2), s(3, end), s(1, 2), s(1, 1)),
                slice("step 2", s(1), s(end), s(1), s(2)),
                slice("step 3 on two axes", s(0, 1), s(end, 5), s(2, 1), s(3, 2)),
                slice("step 2 and a plain range", s(0, 1), s(end, 4), s(1, 2), s(2, 1)),
                slice("reversed", s(-1), s(begin), s(1), s(-1)),
                slice("backwards by 2 from beyond the end", s(100), s(0), s(2), s(-2)),
                slice("backwards, ends in the middle", s(4), s(1), s(1), s(-1)),
                RuleCase.of(
                        "steps left out", g -> g.node("Slice", List.of(g.x(5, 6), g.longs(1), g.longs(3), g.longs(2)))),
                RuleCase.of("axes left out", g -> g.node("Slice", List.of(g.x(5, 6), g.longs(0, 1), g.longs(end, 4)))),
                RuleCase.of(
                        "axes left out, steps given",
                        g -> g.node("Slice", List.of(g.x(5, 6), g.longs(0, 1), g.longs(end, 4), "", g.longs(1, 2)))),
                RuleCase.of(
                        "by attribute",
                        9,
                        g -> g.node(
                                "Slice",
                                List.of(g.x(5, 6)),
                                integers("starts", 1, -3),
                                integers("ends", 3, end),
                                integers("axes", 1, 2))));
    }

    private static RuleCase slice(String name, long[] starts, long[] ends, long[] axes, long[] steps) {
        return RuleCase.of(
                name,
                g -> g.node(
                        "Slice", List.of(g.x(5, 6), g.longs(starts), g.longs(ends), g.longs(axes), g.longs(steps))));
    }

    static Stream<RuleCase> splitsAndConcats() {
        return Stream.of(
                RuleCase.of(
                        "Split, two parts unused",
                        g -> g.nodes("Split", List.of(g.x(6, 4), g.longs(1, 2, 3)), 3, attribute("axis", 1))
                                .get(1)),
                RuleCase.of("Split, all parts used", g -> {
                    List<String> parts = g.nodes("Split", List.of(g.x(2, 6)), 3, attribute("axis", -1));
                    String first = g.node("Sub", List.of(parts.get(0), parts.get(2)));
                    return g.node("Sub", List.of(first, parts.get(1)));
                }),
                RuleCase.of(
                        "Split by attribute",
                        11,
                        g -> g.nodes("Split", List.of(g.x(6)), 2, attribute("axis", 1), integers("split", 4, 2))
                                .get(0)),
                RuleCase.of(
                        "Split by number",
                        18,
                        g -> g.nodes("Split", List.of(g.x(6)), 3, attribute("axis", 1), attribute("num_outputs", 3))
                                .get(2)),
                RuleCase.of(
                        "Concat",
                        g -> g.node("Concat", List.of(g.x(2, 3), g.x(1, 3), g.x(4, 3)), attribute("axis", 1))),
                RuleCase.of(
                        "Concat, last axis",
                        g -> g.node("Concat", List.of(g.x(2, 3), g.x(2, 1)), attribute("axis", -1))),
                RuleCase.of("Concat with itself and a constant row", g -> {
                    String x = g.x(2, 3);
                    String row = g.node("Expand", List.of(g.leaf(1, 1, 3), g.node("Shape", List.of(x))));
                    return g.node("Concat", List.of(x, row, x), attribute("axis", 1));
                }),
                RuleCase.of("Concat of batches", g -> {
                    String both = g.node("Concat", List.of(g.x(3), g.x(3)), attribute("axis", 0));
                    return apart(g, both);
                }),
                RuleCase.of("Split of batches", g -> {
                    String both = g.node("Concat", List.of(g.x(3), g.x(3)), attribute("axis", 0));
                    List<String> halves = g.nodes("Split", List.of(both), 2, attribute("axis", 0));
                    return g.node("Sub", halves);
                }),
                RuleCase.of("Slices of batches", g -> {
                    String both = g.node("Concat", List.of(g.x(3), g.leaf(2, 3), g.x(3)), attribute("axis", 0));
                    String behind = g.node("Slice", List.of(both, g.longs(2), g.longs(Long.MAX_VALUE), g.longs(0)));
                    String last = g.node("Slice", List.of(both, g.longs(-2), g.longs(Long.MAX_VALUE), g.longs(0)));
                    return g.node("Add", List.of(apart(g, behind), g.node("ReduceSum", List.of(last))));
                }),
                RuleCase.of("Concat of one", g -> g.node("Concat", List.of(g.x(2)), attribute("axis", 1))));
    }

    /** [2N, 3] to [N, 2, 3]. */
    private static String apart(RuleGraph g, String both) {
        String stacked = g.node("Reshape", List.of(both, g.longs(2, -1, 3)));
        return g.node("Transpose", List.of(stacked), integers("perm", 1, 0, 2));
    }

    static Stream<RuleCase> expandsAndPads() {
        return Stream.of(
                RuleCase.of("Expand", g -> g.node("Expand", List.of(g.x(1, 3), g.longs(1, 4, 1)))),
                RuleCase.of("Expand by a leading axis", g -> {
                    String copies = g.node("Expand", List.of(g.x(1, 3), g.longs(2, 1, 4, 3)));
                    return g.node("Transpose", List.of(copies), integers("perm", 1, 0, 2, 3));
                }),
                RuleCase.of("Pad", g -> g.node("Pad", List.of(g.x(3, 4), g.longs(0, 1, 2, 0, 0, 3)))),
                RuleCase.of("Pad, negative", g -> g.node("Pad", List.of(g.x(3, 4), g.longs(0, -1, 0, 0, 0, -2)))),
                RuleCase.of(
                        "Pad, one side out, the other in",
                        g -> g.node("Pad", List.of(g.x(3, 4), g.longs(0, 1, -1, 0, -1, 2)))),
                RuleCase.of(
                        "Pad with a number",
                        g -> g.node(
                                "Pad",
                                List.of(
                                        g.x(3, 4),
                                        g.longs(0, 1, 0, 0, 0, 1),
                                        g.graph().number(2)))),
                RuleCase.of(
                        "Pad along given axes",
                        18,
                        g -> g.node("Pad", List.of(g.x(3, 4), g.longs(1, 2, 3, 0), "", g.longs(-1, 1)))),
                RuleCase.of(
                        "Pad by attribute",
                        9,
                        g -> g.node("Pad", List.of(g.x(3, 4)), integers("pads", 0, 1, 0, 0, 0, 1))));
    }

    static Stream<RuleCase> padsThatRepeat() {
        return Stream.of("reflect", "edge", "wrap")
                .flatMap(mode -> Stream.of(
                        repeat(mode, 13, g -> g.longs(0, 0, 1, 2, 0, 0, 2, 0)),
                        repeat(mode, 19, g -> g.longs(0, 0, 3, 0, 0, 0, 3, 4))))
                .filter(rule -> rule.opset() >= 19 || !rule.name().startsWith("wrap"));
    }

    private static RuleCase repeat(String mode, long opset, Function<RuleGraph, String> pads) {
        return RuleCase.of(
                mode + ", opset " + opset,
                opset,
                g -> g.node("Pad", List.of(g.x(2, 5, 6), pads.apply(g)), attribute("mode", mode)));
    }

    static Stream<RuleCase> tiles() {
        return Stream.of(
                RuleCase.of("Tile", g -> g.node("Tile", List.of(g.x(2, 3), g.longs(1, 2, 3)))),
                RuleCase.of("Tile the batch", g -> {
                    String twice = g.node("Tile", List.of(g.x(3), g.longs(2, 1)));
                    return apart(g, twice);
                }),
                RuleCase.of("Trilu", g -> g.node("Trilu", List.of(g.x(4, 5)))),
                RuleCase.of("Trilu, lower", g -> g.node("Trilu", List.of(g.x(4, 5)), attribute("upper", 0))),
                RuleCase.of(
                        "Trilu, another diagonal",
                        g -> g.node("Trilu", List.of(g.x(4, 5), g.graph().longs(s(), 2)), attribute("upper", 1))),
                blocks("DepthToSpace", 8),
                blocks("DepthToSpace", 8, attribute("mode", "CRD")),
                blocks("DepthToSpace", 12, attribute("mode", "DCR")),
                blocks("SpaceToDepth", 3));
    }

    private static RuleCase blocks(String operator, long channels, AttributeProto... more) {
        AttributeProto[] attributes = Stream.concat(Stream.of(attribute("blocksize", 2)), Stream.of(more))
                .toArray(AttributeProto[]::new);
        return RuleCase.of(
                operator + " " + more.length, g -> g.node(operator, List.of(g.x(channels, 4, 6)), attributes));
    }

    @ParameterizedTest
    @MethodSource({
        "reshapes",
        "transposes",
        "slices",
        "pieces",
        "splitsAndConcats",
        "expandsAndPads",
        "padsThatRepeat",
        "tiles"
    })
    void adjoint(RuleCase layout) {
        layout.verifyAdjoint();
    }

    static Stream<RuleCase> unsupported() {
        return Stream.of(RuleCase.of(
                "must not depend on the batch",
                g -> g.node("Slice", List.of(g.x(3), g.longs(-1), g.longs(Long.MIN_VALUE), g.longs(0), g.longs(-1)))));
    }

    @ParameterizedTest
    @MethodSource
    void unsupported(RuleCase layout) {
        assertThatThrownBy(layout::verifyAdjoint)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("lies between a norm layer and the logits and has no gradient here")
                .hasMessageContaining(layout.name());
    }

    private static long[] s(long... values) {
        return values;
    }
}
