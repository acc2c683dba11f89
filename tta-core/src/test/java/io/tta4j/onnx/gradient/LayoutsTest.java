package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.model.ModelException;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
                RuleCase.of("Cast", g -> g.node("Cast", List.of(g.x(3)), attribute("to", DataType.FLOAT.getNumber()))),
                RuleCase.of("CastLike", g -> g.node("CastLike", List.of(g.x(3), g.weights(1)))));
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
                RuleCase.of("Concat of one", g -> g.node("Concat", List.of(g.x(2)), attribute("axis", 1))));
    }

    static Stream<RuleCase> gathers() {
        return Stream.of(
                gather("one index, axis 1", 1, s(), 0),
                gather("one index from the end, axis 1", 1, s(), -1),
                gather("one index, axis 2", 2, s(), 3),
                gather("one index, last axis", -1, s(), 2),
                gather("list, axis 1", 1, s(2), 3, 0),
                gather("list with repeats, axis 1", 1, s(5), 3, 0, 3, 3, 1),
                gather("list with repeats and negatives, axis 2", 2, s(4), -1, 4, 0, -5),
                gather("table, axis 1", 1, s(2, 3), 0, 1, 2, 2, 1, -1),
                gather("table, axis 2", 2, s(2, 2), 0, -1, 0, 3),
                alongTheFirstAxis("one index, axis 0", s(), 2),
                alongTheFirstAxis("list with repeats, axis 0", s(4), 1, -1, 1, 0),
                RuleCase.of("indices that follow the batch, with repeats", g -> {
                    String flat = g.node("Reshape", List.of(g.x(6), g.longs(-1)));
                    String end = g.node("Squeeze", List.of(g.node("Shape", List.of(flat))));
                    String range = g.node(
                            "Range",
                            List.of(g.graph().longs(s(), 1), end, g.graph().longs(s(), 2)));
                    String twice = g.node("Concat", List.of(range, range), attribute("axis", 0));
                    return g.node("Reshape", List.of(g.node("Gather", List.of(flat, twice)), g.longs(-1, 6)));
                }));
    }

    static Stream<RuleCase> gathersAtIndicesThatFollowTheBatch() {
        return Stream.of(
                RuleCase.of("as_strided", 18, g -> {
                    String x = g.x(12);
                    String index = strided(g, g.node("Shape", List.of(x), attribute("start", 0), attribute("end", 1)));
                    return g.node("Gather", List.of(g.node("Reshape", List.of(x, g.longs(-1))), index));
                }),
                RuleCase.of("table, axis 0", g -> {
                    String rows = g.node("Reshape", List.of(g.x(12, 5), g.longs(-1, 5)));
                    return g.node("Gather", List.of(rows, strided(g, batchOf(g, rows, 12))));
                }),
                RuleCase.of("table, a later axis", g -> {
                    String moved = g.node("Transpose", List.of(g.x(12, 5)), integers("perm", 2, 0, 1));
                    String merged = g.node("Reshape", List.of(moved, g.longs(5, -1)));
                    String picked = g.node(
                            "Gather",
                            List.of(
                                    merged,
                                    strided(
                                            g,
                                            g.node(
                                                    "Shape",
                                                    List.of(moved),
                                                    attribute("start", -2),
                                                    attribute("end", -1)))),
                            attribute("axis", -1));
                    return g.node("Transpose", List.of(picked), integers("perm", 1, 2, 3, 0));
                }),
                RuleCase.of("table, an axis in the middle", g -> {
                    String moved = g.node("Transpose", List.of(g.x(12, 5, 2)), integers("perm", 2, 0, 1, 3));
                    String merged = g.node("Reshape", List.of(moved, g.longs(5, -1, 2)));
                    String index =
                            strided(g, g.node("Shape", List.of(moved), attribute("start", 1), attribute("end", 2)));
                    String picked = g.node("Gather", List.of(merged, index), attribute("axis", 1));
                    return g.node("Transpose", List.of(picked), integers("perm", 1, 2, 3, 0, 4));
                }),
                RuleCase.of("the batch before the axis as well", g -> {
                    String x = g.x(5, 3);
                    String range = range(g, g.node("Shape", List.of(x), attribute("end", 1)));
                    String index = g.node("Mod", List.of(range, g.longs(3)));
                    String picked = g.node("Gather", List.of(x, index), attribute("axis", 1));
                    return g.node("ReduceSum", List.of(picked, g.longs(1)));
                }),
                RuleCase.of("counted from the end", g -> {
                    String x = g.x(3);
                    String rows = g.node("Shape", List.of(x), attribute("end", 1));
                    return g.node("Gather", List.of(x, g.node("Sub", List.of(range(g, rows), rows))));
                }),
                RuleCase.of("the last sample", g -> {
                    String x = g.x(3);
                    String rows = g.node("Squeeze", List.of(g.node("Shape", List.of(x), attribute("end", 1))));
                    String last = g.node("Sub", List.of(rows, g.graph().longs(s(), 1)));
                    return g.node("Add", List.of(x, g.node("Gather", List.of(x, last))));
                }));
    }

    /** How many samples there are, from a tensor with {@code perSample} rows for each. */
    private static String batchOf(RuleGraph g, String tensor, long perSample) {
        String rows = g.node("Shape", List.of(tensor), attribute("start", 0), attribute("end", -1));
        return g.node("Div", List.of(rows, g.longs(perSample)));
    }

    /** 0, 1, ... up to a one-element tensor. */
    private static String range(RuleGraph g, String end) {
        return g.node(
                "Range",
                List.of(
                        g.graph().longs(s(), 0),
                        g.node("Squeeze", List.of(end)),
                        g.graph().longs(s(), 1)));
    }

    /** The index of a view of size [N, 3, 4], strides (12, 3, 1) and offset 1, step by step as PyTorch's exporter. */
    private static String strided(RuleGraph g, String rows) {
        List<String> sizes = List.of(rows, g.longs(3), g.longs(4));
        long[] strides = {12, 3, 1};
        String size = g.node("Concat", sizes, attribute("axis", 0));
        String index = g.graph().longs(s(), 0);
        for (int axis = 2; axis >= 0; axis--) {
            String rest = g.node("Slice", List.of(size, g.longs(axis), g.longs(3)));
            String expanded = g.node("Expand", List.of(index, rest));
            String steps = g.node("Mul", List.of(range(g, sizes.get(axis)), g.longs(strides[axis])));
            String first = g.node("Gather", List.of(size, g.longs(axis)), attribute("axis", 0));
            String real = g.node("Cast", List.of(first), attribute("to", DataType.FLOAT.getNumber()));
            String shape = axis == 2
                    ? real
                    : g.node("Concat", List.of(real, g.graph().filled(1, 2 - axis)), attribute("axis", 0));
            String whole = g.node("Cast", List.of(shape), attribute("to", DataType.INT64.getNumber()));
            index = g.node("Add", List.of(expanded, g.node("Reshape", List.of(steps, whole))));
        }
        return g.node("Add", List.of(index, g.graph().longs(s(), 1)));
    }

    /** The batch lies on the last axis meanwhile. */
    private static RuleCase alongTheFirstAxis(String name, long[] indexShape, long... indices) {
        return RuleCase.of(name, g -> {
            String moved = g.node("Transpose", List.of(g.x(4, 5)));
            String rows = g.node("Gather", List.of(moved, g.graph().longs(indexShape, indices)));
            return g.node("Transpose", List.of(rows));
        });
    }

    private static RuleCase gather(String name, long axis, long[] indexShape, long... indices) {
        return RuleCase.of(
                name,
                g -> g.node(
                        "Gather", List.of(g.x(4, 5), g.graph().longs(indexShape, indices)), attribute("axis", axis)));
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

    @ParameterizedTest
    @MethodSource({
        "reshapes",
        "transposes",
        "slices",
        "splitsAndConcats",
        "gathers",
        "gathersAtIndicesThatFollowTheBatch",
        "expandsAndPads"
    })
    void adjoint(RuleCase layout) {
        layout.verifyAdjoint();
    }

    /** Many threads must not lose one of the repeats. */
    @Test
    void addsUpEveryOneOfManyRepeats() {
        long[] indices = LongStream.range(0, 512).map(i -> i % 2).toArray();
        RuleCase repeats = RuleCase.of(
                "many repeats", g -> g.node("Gather", List.of(g.x(3, 256), g.longs(indices)), attribute("axis", 1)));

        for (int run = 0; run < 10; run++) {
            repeats.verifyAdjoint();
        }
    }

    /** The same where the index follows the batch. */
    @Test
    void addsUpEveryOneOfManyRepeatsOneByOne() {
        RuleCase repeats = RuleCase.of("many repeats one by one", g -> {
            String x = g.x(256);
            String batch = g.node("Shape", List.of(x), attribute("end", 1));
            String steps = range(g, g.node("Mul", List.of(batch, g.longs(512))));
            String picked = g.node("Gather", List.of(x, g.node("Mod", List.of(steps, batch))));
            return g.node("Reshape", List.of(picked, g.longs(-1, 512, 256)));
        });

        for (int run = 0; run < 10; run++) {
            repeats.verifyAdjoint();
        }
    }

    static Stream<RuleCase> keptInTheirOwnType() {
        return Stream.of(
                RuleCase.of("int64: gather at an index that depends on the data", g -> {
                    String x = g.x(5, 3);
                    String index = fromData(g, x, DataType.INT64, 3, 0, 3, -1);
                    return g.node("Gather", List.of(x, index), attribute("axis", 1));
                }),
                RuleCase.of("int32: gather at an index that depends on the data", g -> {
                    String x = g.x(5, 3);
                    String index = fromData(g, x, DataType.INT32, 3, 0, 3, -1);
                    return g.node("Gather", List.of(x, index), attribute("axis", 1));
                }),
                RuleCase.of("float64: a product in between", g -> {
                    String x = g.node("Cast", List.of(g.x(5)), attribute("to", DataType.DOUBLE.getNumber()));
                    String y = g.node("Cast", List.of(g.x(5)), attribute("to", DataType.DOUBLE.getNumber()));
                    String product = g.node("Mul", List.of(x, y));
                    return g.node("Cast", List.of(product), attribute("to", DataType.FLOAT.getNumber()));
                }));
    }

    /** Numbers that are what they are, but as far as a graph shows they depend on x. */
    private static String fromData(RuleGraph g, String x, DataType type, float... numbers) {
        String zero =
                g.node("ReduceSum", List.of(g.node("Mul", List.of(x, g.graph().number(0)))));
        String sum = g.node(
                "Add", List.of(g.node("Squeeze", List.of(zero)), g.graph().constant(numbers, numbers.length)));
        return g.node("Cast", List.of(sum), attribute("to", type.getNumber()));
    }

    @ParameterizedTest
    @MethodSource
    void keptInTheirOwnType(RuleCase layout) {
        layout.verifyAdjoint();
    }

    static Stream<RuleCase> unsupported() {
        return Stream.of(
                RuleCase.of(
                        "mode",
                        g -> g.node(
                                "Pad", List.of(g.x(3, 4), g.longs(0, 1, 0, 0, 0, 1)), attribute("mode", "reflect"))),
                RuleCase.of(
                        "must not depend on the batch",
                        g -> g.node("Concat", List.of(g.x(3), g.x(3)), attribute("axis", 0))),
                RuleCase.of(
                        "must not depend on the batch",
                        g -> g.node(
                                "Slice",
                                List.of(g.x(3), g.longs(-1), g.longs(Long.MIN_VALUE), g.longs(0), g.longs(-1)))));
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
