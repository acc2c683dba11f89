package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static io.tta4j.onnx.graph.TestGraph.real;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.graph.Graph;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.onnx.norm.Lifting;
import io.tta4j.onnx.norm.NormFinder;
import io.tta4j.onnx.norm.NormSite;
import io.tta4j.onnx.probe.Facts;
import io.tta4j.onnx.probe.Probe;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeSession.Purpose;
import io.tta4j.onnx.session.NativeTensors;
import io.tta4j.onnx.session.SessionSettings;
import io.tta4j.onnx.session.SharedWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every norm layer behind a batch norm that has a scale and a shift for each element: the gradient of that shift is,
 * element by element, the gradient that the layer under test hands to its input.
 */
class NormGradientTest {

    private static final int ROWS = 4;
    private static final float EPSILON = 1e-3f;
    private static final double TOLERANCE = 1e-5;

    /**
     * @param shape of a sample
     * @param norm writes the layer under test behind a tensor
     */
    record NormCase(
            String name,
            long opset,
            List<Integer> shape,
            NormKind kind,
            boolean shifts,
            Textbook textbook,
            BiFunction<TestGraph, String, String> norm) {

        int elements() {
            return shape.stream().reduce(1, (a, b) -> a * b);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<NormCase> layerNorms() {
        Textbook last = new Textbook(i -> i / 5, i -> i % 5, 5, EPSILON);
        Textbook lastTwo = new Textbook(i -> i / 15, i -> i % 15, 15, EPSILON);
        return Stream.of(
                layer("last axis", 17, List.of(3, 5), true, last, (g, x) -> layerNorm(g, x, -1, 5)),
                layer("last axis by number", 17, List.of(2, 3, 5), true, last, (g, x) -> layerNorm(g, x, 3, 5)),
                layer("last axis of two", 17, List.of(5), true, last, (g, x) -> layerNorm(g, x, -1, 5)),
                layer("two axes", 17, List.of(2, 3, 5), true, lastTwo, (g, x) -> layerNorm(g, x, -2, 3, 5)),
                layer("all axes", 17, List.of(3, 5), true, lastTwo, (g, x) -> layerNorm(g, x, 1, 3, 5)),
                layer(
                        "without shifts",
                        17,
                        List.of(3, 5),
                        false,
                        last,
                        (g, x) -> g.named(
                                "/second/LayerNormalization",
                                "LayerNormalization",
                                List.of(x, g.weights(5)),
                                real("epsilon", EPSILON))),
                layer("decomposed", 13, List.of(3, 5), true, last, NormGradientTest::decomposed),
                layer("decomposed by a reciprocal", 18, List.of(3, 5), true, last, NormGradientTest::byReciprocal),
                layer("decomposed with two centres", 17, List.of(3, 5), true, last, NormGradientTest::byTwoCentres),
                layer(
                        "over channels of a map",
                        17,
                        List.of(4, 2, 3),
                        true,
                        new Textbook(i -> i % 6, i -> i / 6, 4, EPSILON),
                        NormGradientTest::overChannels),
                layer("samples in blocks: (N, k)", 17, List.of(3, 5), true, last, (g, x) -> {
                    String rows = g.node("Reshape", List.of(x, g.longs(-1, 5)));
                    return g.node("Reshape", List.of(layerNorm(g, rows, -1, 5), g.longs(-1, 3, 5)));
                }),
                layer("samples interleaved: (k, N)", 17, List.of(3, 5), true, last, (g, x) -> {
                    String moved = g.node("Transpose", List.of(x), integers("perm", 1, 0, 2));
                    String rows = g.node("Reshape", List.of(moved, g.longs(-1, 5)));
                    String back = g.node("Reshape", List.of(layerNorm(g, rows, -1, 5), g.longs(3, -1, 5)));
                    return g.node("Transpose", List.of(back), integers("perm", 1, 0, 2));
                }),
                layer("samples on the second axis", 17, List.of(3, 5), true, last, (g, x) -> {
                    String moved = g.node("Transpose", List.of(x), integers("perm", 1, 0, 2));
                    return g.node("Transpose", List.of(layerNorm(g, moved, -1, 5)), integers("perm", 1, 0, 2));
                }),
                layer("samples in blocks on the second axis", 17, List.of(2, 3, 5), true, last, (g, x) -> {
                    String moved = g.node("Transpose", List.of(x), integers("perm", 2, 0, 1, 3));
                    String rows = g.node("Reshape", List.of(moved, g.longs(3, -1, 5)));
                    String back = g.node("Reshape", List.of(layerNorm(g, rows, -1, 5), g.longs(3, -1, 2, 5)));
                    return g.node("Transpose", List.of(back), integers("perm", 1, 2, 0, 3));
                }));
    }

    private static NormCase layer(
            String name,
            long opset,
            List<Integer> shape,
            boolean shifts,
            Textbook textbook,
            BiFunction<TestGraph, String, String> norm) {
        return new NormCase(name, opset, shape, NormKind.LAYER, shifts, textbook, norm);
    }

    private static String layerNorm(TestGraph g, String x, long axis, long... width) {
        return g.named(
                "/second/LayerNormalization",
                "LayerNormalization",
                List.of(x, g.weights(width), g.weights(width)),
                attribute("axis", axis),
                real("epsilon", EPSILON));
    }

    private static String decomposed(TestGraph g, String x) {
        String mean = g.node("ReduceMean", List.of(x), integers("axes", -1));
        String centered = g.node("Sub", List.of(x, mean));
        String square = g.node("Pow", List.of(centered, g.number(2)));
        String variance = g.node("ReduceMean", List.of(square), integers("axes", -1));
        String root = g.node("Sqrt", List.of(g.node("Add", List.of(variance, g.number(EPSILON)))));
        String normalized = g.named("/second/Div", "Div", List.of(centered, root));
        return g.node("Add", List.of(g.node("Mul", List.of(normalized, g.weights(5))), g.weights(5)));
    }

    private static String byReciprocal(TestGraph g, String x) {
        String axes = g.longs(-1);
        String centered = g.node("Sub", List.of(x, g.node("ReduceMean", List.of(x, axes))));
        String variance = g.node("ReduceMean", List.of(g.node("Mul", List.of(centered, centered)), axes));
        String root = g.node("Sqrt", List.of(g.node("Add", List.of(g.number(EPSILON), variance))));
        String normalized = g.named("/second/Mul", "Mul", List.of(g.node("Reciprocal", List.of(root)), centered));
        return g.node("Add", List.of(g.weights(5), g.node("Mul", List.of(g.weights(5), normalized))));
    }

    private static String byTwoCentres(TestGraph g, String x) {
        String centered = g.node("Sub", List.of(x, g.node("ReduceMean", List.of(x), integers("axes", -1))));
        String again = g.node("Sub", List.of(x, g.node("ReduceMean", List.of(x), integers("axes", -1))));
        String variance = g.node("ReduceMean", List.of(g.node("Mul", List.of(again, again))), integers("axes", -1));
        String root = g.node("Sqrt", List.of(g.node("Add", List.of(variance, g.number(EPSILON)))));
        String inverse = g.node("Div", List.of(g.number(1), root));
        String normalized = g.named("/second/Mul", "Mul", List.of(centered, inverse));
        return g.node("Add", List.of(g.node("Mul", List.of(normalized, g.weights(5))), g.weights(5)));
    }

    private static String overChannels(TestGraph g, String x) {
        String centered = g.node("Sub", List.of(x, g.node("ReduceMean", List.of(x), integers("axes", 1))));
        String variance =
                g.node("ReduceMean", List.of(g.node("Mul", List.of(centered, centered))), integers("axes", 1));
        String root = g.node("Sqrt", List.of(g.node("Add", List.of(variance, g.number(EPSILON)))));
        String normalized = g.named("/second/Div", "Div", List.of(centered, root));
        return g.node("Add", List.of(g.node("Mul", List.of(normalized, g.weights(4, 1, 1))), g.weights(4, 1, 1)));
    }

    static Stream<NormCase> rootMeanSquareNorms() {
        Textbook last = new Textbook(i -> i / 5, i -> i % 5, 5, EPSILON).aboutZero();
        Textbook lastTwo = new Textbook(i -> i / 15, i -> i % 15, 15, EPSILON).aboutZero();
        return Stream.of(
                rms(
                        "operator",
                        23,
                        List.of(3, 5),
                        last,
                        (g, x) -> g.named(
                                "/second/RMSNormalization",
                                "RMSNormalization",
                                List.of(x, g.weights(5)),
                                real("epsilon", EPSILON))),
                rms(
                        "operator over two axes",
                        23,
                        List.of(2, 3, 5),
                        lastTwo,
                        (g, x) -> g.named(
                                "/second/RMSNormalization",
                                "RMSNormalization",
                                List.of(x, g.weights(3, 5)),
                                attribute("axis", -2),
                                real("epsilon", EPSILON))),
                rms(
                        "operator of ONNX Runtime",
                        17,
                        List.of(3, 5),
                        last,
                        (g, x) -> g.named(
                                "/second/SimplifiedLayerNormalization",
                                "SimplifiedLayerNormalization",
                                List.of(x, g.weights(5)),
                                real("epsilon", EPSILON))),
                rms(
                        "decomposed",
                        18,
                        List.of(3, 5),
                        last,
                        (g, x) -> g.node("Mul", List.of(rootMeanSquare(g, x, -1), g.weights(5)))),
                rms(
                        "decomposed, scales first",
                        18,
                        List.of(3, 5),
                        last,
                        (g, x) -> g.node("Mul", List.of(g.weights(5), rootMeanSquare(g, x, -1)))),
                rms(
                        "decomposed over channels",
                        18,
                        List.of(4, 2, 3),
                        new Textbook(i -> i % 6, i -> i / 6, 4, EPSILON).aboutZero(),
                        (g, x) -> g.node("Mul", List.of(rootMeanSquare(g, x, 1), g.weights(1, 4, 1, 1)))));
    }

    private static String rootMeanSquare(TestGraph g, String x, long axis) {
        String square = g.node("Pow", List.of(x, g.number(2)));
        String mean = g.node("ReduceMean", List.of(square, g.longs(axis)));
        String root = g.node("Sqrt", List.of(g.node("Add", List.of(mean, g.number(EPSILON)))));
        return g.named("/second/Mul", "Mul", List.of(x, g.node("Reciprocal", List.of(root))));
    }

    private static NormCase rms(
            String name,
            long opset,
            List<Integer> shape,
            Textbook textbook,
            BiFunction<TestGraph, String, String> norm) {
        return new NormCase(name, opset, shape, NormKind.RMS, false, textbook, norm);
    }

    static Stream<NormCase> groupNorms() {
        // Six channels of 2 x 2.
        List<Integer> shape = List.of(6, 2, 2);
        Textbook perChannel = new Textbook(i -> i / 12, i -> i / 4, 6, EPSILON);
        Textbook perGroup = new Textbook(i -> i / 12, i -> i / 12, 2, EPSILON);
        Textbook instances = new Textbook(i -> i / 4, i -> i / 4, 6, EPSILON);
        return Stream.of(
                group("scales per channel", 21, shape, perChannel, (g, x) -> groupNorm(g, x, 6)),
                group("scales per group", 18, shape, perGroup, (g, x) -> groupNorm(g, x, 2)),
                group(
                        "over instance norm",
                        17,
                        shape,
                        perChannel,
                        (g, x) -> overInstanceNorm(g, x, g.longs(0, 6, 2, 2))),
                group(
                        "over instance norm, shape read",
                        17,
                        shape,
                        perChannel,
                        (g, x) -> overInstanceNorm(g, x, g.node("Shape", List.of(x)))),
                new NormCase(
                        "over instance norm, without shifts",
                        17,
                        shape,
                        NormKind.GROUP,
                        false,
                        perChannel,
                        (g, x) -> scaledOverInstanceNorm(g, x, g.longs(0, 6, 2, 2))),
                group(
                        "samples in blocks: (N, k)",
                        21,
                        List.of(3, 6, 4),
                        new Textbook(i -> i / 12, i -> i / 4 % 6, 6, EPSILON),
                        (g, x) -> {
                            String rows = g.node("Reshape", List.of(x, g.longs(-1, 6, 4)));
                            return g.node("Reshape", List.of(groupNorm(g, rows, 6), g.longs(-1, 3, 6, 4)));
                        }),
                new NormCase(
                        "instance norm", 17, shape, NormKind.INSTANCE, true, instances, NormGradientTest::instanceNorm),
                new NormCase(
                        "instance norm, one axis",
                        17,
                        List.of(6, 4),
                        NormKind.INSTANCE,
                        true,
                        instances,
                        NormGradientTest::instanceNorm));
    }

    private static NormCase group(
            String name,
            long opset,
            List<Integer> shape,
            Textbook textbook,
            BiFunction<TestGraph, String, String> norm) {
        return new NormCase(name, opset, shape, NormKind.GROUP, true, textbook, norm);
    }

    private static String groupNorm(TestGraph g, String x, long width) {
        return g.named(
                "/second/GroupNormalization",
                "GroupNormalization",
                List.of(x, g.weights(width), g.weights(width)),
                attribute("num_groups", 2),
                real("epsilon", EPSILON));
    }

    private static String overInstanceNorm(TestGraph g, String x, String shape) {
        return g.node("Add", List.of(scaledOverInstanceNorm(g, x, shape), g.weights(6, 1, 1)));
    }

    private static String scaledOverInstanceNorm(TestGraph g, String x, String shape) {
        String grouped = g.node("Reshape", List.of(x, g.longs(0, 2, -1)));
        String normalized = g.named(
                "/second/InstanceNormalization",
                "InstanceNormalization",
                List.of(grouped, g.filled(1, 2), g.filled(0, 2)),
                real("epsilon", EPSILON));
        String joined = g.node("Reshape", List.of(normalized, shape));
        return g.node("Mul", List.of(joined, g.weights(6, 1, 1)));
    }

    private static String instanceNorm(TestGraph g, String x) {
        return g.named(
                "/second/InstanceNormalization",
                "InstanceNormalization",
                List.of(x, g.weights(6), g.weights(6)),
                real("epsilon", EPSILON));
    }

    static Stream<NormCase> frozenBatchNorms() {
        float[] mean = {0.5f, -1, 0.25f};
        float[] variance = {2, 0.1f, 1};
        return Stream.of(
                frozen("on a map", List.of(3, 2, 4), 8, mean, variance),
                frozen("on a line", List.of(3, 4), 4, mean, variance),
                frozen("on channels alone", List.of(3), 1, mean, variance));
    }

    private static NormCase frozen(String name, List<Integer> shape, int space, float[] mean, float[] variance) {
        return new NormCase(
                name,
                17,
                shape,
                NormKind.BATCH,
                true,
                new Textbook(i -> i / space, i -> i / space, 3, EPSILON).frozen(mean, variance),
                (g, x) -> batchNorm(g, "/second/BatchNormalization", x, mean, variance));
    }

    private static String batchNorm(TestGraph g, String name, String x, float[] mean, float[] variance) {
        return g.named(
                name,
                "BatchNormalization",
                List.of(
                        x,
                        g.weights(mean.length),
                        g.weights(mean.length),
                        g.constant(mean, mean.length),
                        g.constant(variance, variance.length)),
                real("epsilon", EPSILON));
    }

    @ParameterizedTest
    @MethodSource({"layerNorms", "rootMeanSquareNorms", "groupNorms", "frozenBatchNorms"})
    void agreesWithTheTextbook(NormCase norm) {
        int elements = norm.elements();
        Random random = new Random(17);
        float[] mean = TestGraph.normal(random, elements);
        float[] variance = new float[elements];
        Arrays.fill(variance, 0.7f);

        TestGraph written = new TestGraph(norm.opset());
        long[] sample = norm.shape().stream().mapToLong(Integer::longValue).toArray();
        String flat = written.node("Flatten", List.of(written.input("x", sample)));
        String first = batchNorm(written, "/first/BatchNormalization", flat, mean, variance);
        List<Long> batch = new ArrayList<>(List.of(-1L));
        Arrays.stream(sample).forEach(batch::add);
        String shaped = written.node(
                "Reshape",
                List.of(
                        first,
                        written.longs(batch.stream().mapToLong(Long::longValue).toArray())));
        String output = norm.norm().apply(written, shaped);
        written.output(output);

        Derived derived = Derived.of(written, new InputSpec("x", ElementType.FLOAT32, batch), output);
        assertThat(derived.lifting.layout().layers())
                .extracting(NormLayer::name, NormLayer::kind, NormLayer::width)
                .containsExactly(
                        tuple("first", NormKind.BATCH, elements),
                        tuple("second", norm.kind(), norm.textbook().width()));

        float[] x = TestGraph.normal(random, ROWS * elements);
        float[] seed = TestGraph.normal(random, ROWS * elements);
        float[] theta = TestGraph.normal(random, derived.lifting.layout().size());
        derived.run(
                Tensor.of(x, shape(ROWS, sample)),
                Tensor.of(theta, theta.length),
                Tensor.of(seed, shape(ROWS, sample)));

        Textbook firstTextbook = new Textbook(i -> i, i -> i, elements, EPSILON).frozen(mean, variance);
        double[] expected = new double[ROWS * theta.length];
        for (int row = 0; row < ROWS; row++) {
            double[] dy = slice(seed, row * elements, elements);
            Textbook.Run inner = firstTextbook
            .new Run(slice(x, row * elements, elements), slice(theta, 0, elements), slice(theta, elements, elements));
            int width = norm.textbook().width();
            double[] shifts = norm.shifts() ? slice(theta, 2 * elements + width, width) : new double[width];
            Textbook.Run outer = norm.textbook().new Run(inner.output, slice(theta, 2 * elements, width), shifts);
            assertThat(Numbers.worstError(
                            Arrays.copyOfRange(derived.output, row * elements, (row + 1) * elements), outer.output))
                    .isLessThan(1e-4);
            double[] dx = outer.inputGradient(dy);
            List<double[]> parts =
                    new ArrayList<>(List.of(inner.scaleGradient(dx), inner.shiftGradient(dx), outer.scaleGradient(dy)));
            if (norm.shifts()) {
                parts.add(outer.shiftGradient(dy));
            }
            int offset = row * theta.length;
            for (double[] part : parts) {
                System.arraycopy(part, 0, expected, offset, part.length);
                offset += part.length;
            }
        }
        assertThat(Numbers.worstError(derived.sampleGradient, expected)).isLessThan(TOLERANCE);
        for (int parameter = 0; parameter < theta.length; parameter++) {
            double sum = 0;
            for (int row = 0; row < ROWS; row++) {
                sum += derived.sampleGradient[row * theta.length + parameter];
            }
            assertThat((double) derived.gradient[parameter]).isCloseTo(sum, within(1e-4));
        }
    }

    /**
     * The head of a transformer, whose class token alone reaches the logits. The gradient comes out of a Gemm and is
     * put back among the tokens by moving axes: up to 1.29, ONNX Runtime swaps the axes of a Gemm's product with a
     * Transpose behind it that moves none.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void handsTheGradientOfAGemmToOneToken(int transposed) {
        int tokens = 3;
        int width = 5;
        int classes = 7;
        Random random = new Random(19);
        float[] weights = TestGraph.normal(random, width * classes);
        TestGraph written = new TestGraph(17);
        String normalized = layerNorm(written, written.input("x", tokens, width), -1, width);
        String token = written.node("Gather", List.of(normalized, written.longs(new long[0], 0)), attribute("axis", 1));
        String product =
                written.constant(weights, transposed == 1 ? new long[] {classes, width} : new long[] {width, classes});
        String logits = written.node(
                "Gemm", List.of(token, product, written.weights(classes)), attribute("transB", transposed));
        written.output(logits);

        List<Long> shape = List.of(InputSpec.ANY, (long) tokens, (long) width);
        Derived derived = Derived.of(written, new InputSpec("x", ElementType.FLOAT32, shape), logits);
        float[] x = TestGraph.normal(random, ROWS * tokens * width);
        float[] seed = TestGraph.normal(random, ROWS * classes);
        float[] theta = TestGraph.normal(random, 2 * width);
        derived.run(Tensor.of(x, ROWS, tokens, width), Tensor.of(theta, theta.length), Tensor.of(seed, ROWS, classes));

        Textbook textbook = new Textbook(i -> 0, i -> i, width, EPSILON);
        double[] expected = new double[ROWS * theta.length];
        double[] sum = new double[theta.length];
        for (int row = 0; row < ROWS; row++) {
            double[] dy = new double[width];
            for (int feature = 0; feature < width; feature++) {
                for (int k = 0; k < classes; k++) {
                    float weight = weights[transposed == 1 ? k * width + feature : feature * classes + k];
                    dy[feature] += (double) seed[row * classes + k] * weight;
                }
            }
            Textbook.Run run = textbook
            .new Run(slice(x, row * tokens * width, width), slice(theta, 0, width), slice(theta, width, width));
            System.arraycopy(run.scaleGradient(dy), 0, expected, row * theta.length, width);
            System.arraycopy(run.shiftGradient(dy), 0, expected, row * theta.length + width, width);
            for (int parameter = 0; parameter < theta.length; parameter++) {
                sum[parameter] += expected[row * theta.length + parameter];
            }
        }
        assertThat(Numbers.worstError(derived.sampleGradient, expected)).isLessThan(TOLERANCE);
        assertThat(Numbers.worstError(derived.gradient, sum)).isLessThan(TOLERANCE);
    }

    private static double[] slice(float[] values, int from, int length) {
        return Numbers.doubles(Arrays.copyOfRange(values, from, from + length));
    }

    private static long[] shape(long rows, long[] sample) {
        long[] shape = new long[sample.length + 1];
        shape[0] = rows;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        return shape;
    }

    /** A graph's norm layers lifted, its gradient derived, and what a run of both gave. */
    static final class Derived {

        final Lifting lifting;
        private final Graph graph;
        private final Facts facts;
        private final String result;
        private final Pullback pullback;
        float[] output = {};
        float[] gradient = {};
        float[] sampleGradient = {};

        private Derived(Graph graph, Facts facts, Lifting lifting, String result, Pullback pullback) {
            this.graph = graph;
            this.facts = facts;
            this.lifting = lifting;
            this.result = result;
            this.pullback = pullback;
        }

        static Derived of(TestGraph written, InputSpec input, String output) {
            Graph graph = Probe.foldConstants(written.graph());
            Facts facts = new Probe(graph, List.of(input)).facts(output);
            List<NormSite> sites = NormFinder.find(graph, facts);
            Lifting lifting = new Lifting(sites);
            Pullback pullback = Differentiator.of(graph, facts, sites, output).pullback(lifting);
            assertThat(pullback.perSample()).isTrue();
            return new Derived(graph, facts, lifting, output, pullback);
        }

        /** Whether the forward pass has to keep a tensor. */
        boolean keeps(String tensor) {
            return pullback.kept().stream().anyMatch(kept -> kept.name().equals(tensor));
        }

        void run(Tensor x, Tensor theta, Tensor seed) {
            Set<String> traced =
                    pullback.kept().stream().map(Kept::name).collect(Collectors.toCollection(LinkedHashSet::new));
            traced.remove("x");
            traced.add(result);
            GraphBuilder builder = new GraphBuilder();
            graph.inputs().forEach(builder::input);
            lifting.copyNodes(graph, facts, builder);
            graph.initializers().values().forEach(builder::initializer);
            traced.forEach(builder::output);
            ModelProto forward = builder.build(8, graph.model().getOpsetImportList());
            try (NativeSession trace = NativeSession.open(
                            forward, Purpose.ADAPTING, SessionSettings.onProcessor(0), SharedWeights.none());
                    NativeSession back = NativeSession.open(
                            pullback.model(), Purpose.ADAPTING, SessionSettings.onProcessor(0), SharedWeights.none());
                    OnnxTensor image = NativeTensors.view(x);
                    OnnxTensor parameters = NativeTensors.view(theta);
                    OnnxTensor upstream = NativeTensors.view(seed);
                    OrtSession.Result activations = trace.run(Map.of("x", image, Lifting.THETA, parameters), traced)) {
                Map<String, OnnxTensor> read =
                        new HashMap<>(Map.of(Differentiator.SEED, upstream, Lifting.THETA, parameters));
                pullback.kept().stream()
                        .map(Kept::name)
                        .forEach(tensor -> read.put(
                                tensor, tensor.equals("x") ? image : NativeTensors.tensor(activations, tensor)));
                output = NativeTensors.floats(activations, result);
                try (OrtSession.Result gradients =
                        back.run(read, Set.of(Differentiator.GRADIENT, Differentiator.SAMPLE_GRADIENT))) {
                    gradient = NativeTensors.floats(gradients, Differentiator.GRADIENT);
                    sampleGradient = NativeTensors.floats(gradients, Differentiator.SAMPLE_GRADIENT);
                }
            }
        }
    }
}
