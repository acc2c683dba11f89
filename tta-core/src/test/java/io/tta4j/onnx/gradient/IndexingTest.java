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

class IndexingTest {

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

    static Stream<RuleCase> longGathers() {
        long[] permutation = LongStream.range(0, 7).map(i -> i * 3 % 7).toArray();
        return Stream.of(
                gatherOf("permutation", s(7), permutation),
                gatherOf("permutation in a table", s(1, 7), permutation),
                gatherOf("range in a table", s(2, 3), 1, 2, 3, 4, 5, 6),
                RuleCase.of("more than a matrix is written for", g -> {
                    long[] indices =
                            LongStream.range(0, 1100).map(i -> i * i % 1000).toArray();
                    return g.node("Gather", List.of(g.x(1000), g.longs(indices)), attribute("axis", 1));
                }),
                RuleCase.of("the batch axis", g -> {
                    String two = g.node("Gather", List.of(g.x(3), g.longs(1, 0)), attribute("axis", 0));
                    return g.node("Add", List.of(g.x(3), g.node("ReduceSum", List.of(two, g.longs(0)))));
                }));
    }

    private static RuleCase gatherOf(String name, long[] indexShape, long... indices) {
        return RuleCase.of(
                name,
                g -> g.node("Gather", List.of(g.x(7, 2), g.graph().longs(indexShape, indices)), attribute("axis", 1)));
    }

    static Stream<RuleCase> elements() {
        return Stream.of(
                RuleCase.of("GatherElements", g -> {
                    String x = g.x(4, 3);
                    String index = batched(g, x, g.graph().longs(s(1, 2, 3), 3, -1, 0, 0, 3, 0));
                    return g.node("GatherElements", List.of(x, index), attribute("axis", 1));
                }),
                RuleCase.of("ScatterElements", g -> {
                    String x = g.x(4, 3);
                    String index = batched(g, x, g.graph().longs(s(1, 2, 3), 3, -1, 0, 0, 2, 1));
                    return g.node("ScatterElements", List.of(x, index, g.x(2, 3)), attribute("axis", 1));
                }),
                RuleCase.of("ScatterElements that adds", 18, g -> {
                    String x = g.x(4, 3);
                    String index = batched(g, x, g.graph().longs(s(1, 2, 3), 3, -1, 0, 3, 2, 0));
                    return g.node(
                            "ScatterElements",
                            List.of(x, index, g.x(2, 3)),
                            attribute("axis", 1),
                            attribute("reduction", "add"));
                }),
                RuleCase.of("ScatterND", g -> {
                    String moved = g.node("Transpose", List.of(g.x(5, 2)), integers("perm", 1, 2, 0));
                    String updates = g.node("Transpose", List.of(g.x(3)));
                    String written =
                            g.node("ScatterND", List.of(moved, g.graph().longs(s(3, 2), 0, 1, 4, 0, 2, -1), updates));
                    return g.node("Transpose", List.of(written), integers("perm", 2, 0, 1));
                }),
                RuleCase.of("ScatterND that adds", 18, g -> {
                    String moved = g.node("Transpose", List.of(g.x(5, 2)), integers("perm", 1, 2, 0));
                    String updates = g.node("Transpose", List.of(g.x(3)));
                    String written = g.node(
                            "ScatterND",
                            List.of(moved, g.graph().longs(s(3, 2), 0, 1, 4, 0, 0, 1), updates),
                            attribute("reduction", "add"));
                    return g.node("Transpose", List.of(written), integers("perm", 2, 0, 1));
                }));
    }

    /** The same indices for each sample. */
    private static String batched(RuleGraph g, String x, String indices) {
        String rows = g.node("Slice", List.of(g.node("Shape", List.of(x)), g.longs(0), g.longs(1)));
        String shape = g.node("Concat", List.of(rows, g.longs(1, 1)), attribute("axis", 0));
        return g.node("Expand", List.of(indices, shape));
    }

    static Stream<RuleCase> slicesAtCountedPlaces() {
        return Stream.of(
                RuleCase.of("GatherND, elements", g -> {
                    String moved = g.node("Transpose", List.of(g.x(5, 2)), integers("perm", 1, 2, 0));
                    String index = g.graph().longs(s(4, 2), 0, 1, 4, 0, 0, 1, -1, -2);
                    return g.node("Transpose", List.of(g.node("GatherND", List.of(moved, index))));
                }),
                RuleCase.of("GatherND, a table of slices", g -> {
                    String moved = g.node("Transpose", List.of(g.x(5, 2)), integers("perm", 1, 2, 0));
                    String index = g.graph().longs(s(2, 2, 1), 0, 4, 4, -2);
                    String picked = g.node("GatherND", List.of(moved, index));
                    return g.node("Transpose", List.of(picked), integers("perm", 3, 0, 1, 2));
                }),
                RuleCase.of("GatherND, batched", g -> {
                    String x = g.x(4, 3);
                    String index = batched(g, x, g.graph().longs(s(1, 2, 1), 3, -1));
                    return g.node("GatherND", List.of(x, index), attribute("batch_dims", 1));
                }),
                RuleCase.of("GatherND, a place for each sample", g -> {
                    String x = g.x(4, 3);
                    String samples = range(g, g.node("Shape", List.of(x), attribute("end", 1)));
                    String column = g.node("Reshape", List.of(samples, g.longs(-1, 1)));
                    String place = g.node("Mod", List.of(column, g.longs(3)));
                    String index = g.node("Concat", List.of(column, place), attribute("axis", 1));
                    return g.node("GatherND", List.of(x, index));
                }));
    }

    static Stream<RuleCase> tops() {
        // Of one's own values only the order counts: x is added, and then what is on top stays there.
        return Stream.of(RuleCase.of("TopK", g -> {
            String x = g.x(5, 3);
            String order = g.graph().constant(new float[] {0, 900, 300, -900, 600}, 1, 5, 1);
            String apart = g.node("Add", List.of(x, order));
            return g.nodes("TopK", List.of(apart, g.longs(2)), 2, attribute("axis", 1))
                    .get(0);
        }));
    }

    @ParameterizedTest
    @MethodSource({
        "gathers",
        "gathersAtIndicesThatFollowTheBatch",
        "keptInTheirOwnType",
        "longGathers",
        "elements",
        "slicesAtCountedPlaces",
        "tops"
    })
    void adjoint(RuleCase rule) {
        rule.verifyAdjoint();
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

    @Test
    void refusesReductionsWithoutARule() {
        RuleCase product = RuleCase.of("product", 18, g -> {
            String x = g.x(4, 3);
            String index = batched(g, x, g.graph().longs(s(1, 1, 3), 3, -1, 0));
            return g.node(
                    "ScatterElements",
                    List.of(x, index, g.x(1, 3)),
                    attribute("axis", 1),
                    attribute("reduction", "mul"));
        });

        assertThatThrownBy(product::verifyAdjoint)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("ScatterElements node")
                .hasMessageContaining("the reduction must be none or add, but was mul");
    }

    private static long[] s(long... values) {
        return values;
    }
}
