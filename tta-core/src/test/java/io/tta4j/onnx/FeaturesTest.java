package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.CLASSES;
import static io.tta4j.onnx.SmallModels.FEATURES;
import static io.tta4j.onnx.SmallModels.batch;
import static io.tta4j.onnx.SmallModels.moved;
import static io.tta4j.onnx.SmallModels.norm;
import static io.tta4j.onnx.SmallModels.originalOutput;
import static io.tta4j.onnx.SmallModels.seed;
import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.real;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.engine.Features;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxOptions.Activations;
import io.tta4j.onnx.graph.TestGraph;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeaturesTest {

    private static final int WIDTH = 5;
    private static final Offset<Float> ROUNDING = within(1e-5f);

    /** W by rows, and W by columns as products without a transposition want it. */
    private static final float[] WEIGHTS = TestGraph.normal(new Random(3), CLASSES * WIDTH);

    private static float[] columns() {
        float[] columns = new float[WEIGHTS.length];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = WEIGHTS[i % CLASSES * WIDTH + i / CLASSES];
        }
        return columns;
    }

    /** A classifier: from features to logits. */
    private interface Ending extends BiFunction<TestGraph, String, String> {}

    /** A product, a layer norm, whose outputs are the features, and what makes logits of them. */
    private static ModelProto network(Ending classifier) {
        TestGraph graph = new TestGraph(17);
        graph.output(classifier.apply(graph, body(graph)));
        return graph.model();
    }

    private static String body(TestGraph graph) {
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, WIDTH)));
        return norm(graph, "norm", graph.node("Tanh", List.of(hidden)));
    }

    /** The features that ONNX Runtime computes at the source's theta. */
    private static Matrix reference(Batch batch) {
        TestGraph graph = new TestGraph(17);
        graph.output(body(graph));
        return originalOutput(graph.model(), batch);
    }

    private static OnnxModel load(ModelProto model, String features) {
        return load(model, OnnxOptions.custom().features(features).build());
    }

    private static OnnxModel load(ModelProto model, OnnxOptions options) {
        return OnnxModel.load(model.toByteArray(), "small.onnx", options);
    }

    private static String matMul(TestGraph graph, String features) {
        return graph.node("MatMul", List.of(features, graph.constant(columns(), WIDTH, CLASSES)));
    }

    /** A form that exporters write a classifier in, and by what it multiplies W. */
    static Stream<Arguments> classifiers() {
        return Stream.of(
                form("MatMul", 1, FeaturesTest::matMul),
                form(
                        "MatMul and Add",
                        1,
                        (graph, features) ->
                                graph.node("Add", List.of(graph.weights(CLASSES), matMul(graph, features)))),
                form(
                        "Gemm",
                        1,
                        (graph, features) -> graph.node(
                                "Gemm",
                                List.of(features, graph.constant(columns(), WIDTH, CLASSES), graph.weights(CLASSES)))),
                form(
                        "Gemm of transposed weights",
                        0.5f,
                        (graph, features) -> graph.node(
                                "Gemm",
                                List.of(features, graph.constant(WEIGHTS, CLASSES, WIDTH), graph.weights(CLASSES)),
                                attribute("transB", 1),
                                real("alpha", 0.5f),
                                real("beta", 2))),
                form(
                        "MatMul behind Transpose",
                        1,
                        (graph, features) -> graph.node(
                                "MatMul",
                                List.of(
                                        features,
                                        graph.node("Transpose", List.of(graph.constant(WEIGHTS, CLASSES, WIDTH)))))),
                form(
                        "MatMul of one token",
                        1,
                        (graph, features) -> graph.node(
                                "Squeeze",
                                List.of(
                                        matMul(graph, graph.node("Unsqueeze", List.of(features, graph.longs(1)))),
                                        graph.longs(1)))),
                form(
                        "Conv of one position",
                        1,
                        (graph, features) -> graph.node(
                                "Flatten",
                                List.of(graph.node(
                                        "Conv",
                                        List.of(
                                                graph.node("Reshape", List.of(features, graph.longs(0, WIDTH, 1, 1))),
                                                graph.constant(WEIGHTS, CLASSES, WIDTH, 1, 1),
                                                graph.weights(CLASSES)))))),
                form(
                        "scaled",
                        1.5f,
                        (graph, features) -> graph.node(
                                "Div",
                                List.of(
                                        graph.node("Mul", List.of(graph.number(3), matMul(graph, features))),
                                        graph.number(2)))),
                form("Softmax", 1, (graph, features) -> graph.node("Softmax", List.of(matMul(graph, features)))));
    }

    private static Arguments form(String name, float scale, Ending classifier) {
        return Arguments.of(name, scale, classifier);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("classifiers")
    void takesWhatTheClassifierIsFed(String form, float scale, Ending classifier) {
        ModelProto file = network(classifier);
        float[] expected = Vector.of(WEIGHTS).times(scale).toArray();
        try (OnnxModel model = load(file, Features.AUTO);
                OnnxModel without = load(file, Features.NONE);
                Pass served = model.serve(batch(), model.source());
                Pass untouched = without.serve(batch(), model.source());
                Pass pass = model.forward(batch(), model.source());
                Pass elsewhere = model.serve(batch(), moved(model.source()))) {
            float[] features = reference(batch()).toArray();
            assertThat(model.features()).hasValue(WIDTH);
            assertThat(served.features().toArray()).containsExactly(features, ROUNDING);
            assertThat(pass.features().toArray()).containsExactly(features, ROUNDING);
            assertThat(elsewhere.features()).isNotEqualTo(served.features());
            assertThat(served.output()).isEqualTo(untouched.output());
            assertThat(model.classifierWeights().orElseThrow().toArray()).containsExactly(expected, ROUNDING);
            assertThat(model.inspection().features())
                    .hasValueSatisfying(found -> assertThat(found.width()).isEqualTo(WIDTH));
        }
    }

    /** Products that no weight rows can be read off. */
    static Stream<Arguments> otherClassifiers() {
        return Stream.of(
                form("bent", 1, (graph, features) -> graph.node("Tanh", List.of(matMul(graph, features)))),
                form("squared", 1, (graph, features) -> {
                    String logits = matMul(graph, features);
                    return graph.node("Mul", List.of(logits, logits));
                }),
                form(
                        "scaled by class",
                        1,
                        (graph, features) ->
                                graph.node("Mul", List.of(matMul(graph, features), graph.weights(CLASSES)))),
                form(
                        "subtracted",
                        1,
                        (graph, features) ->
                                graph.node("Sub", List.of(graph.weights(CLASSES), matMul(graph, features)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherClassifiers")
    void givesNoWeightsWhereTheLogitsAreNoPlainProduct(String form, float scale, Ending classifier) {
        try (OnnxModel model = load(network(classifier), Features.AUTO);
                Pass pass = model.forward(batch(), model.source())) {
            assertThat(model.classifierWeights()).isEmpty();
            assertThat(pass.features().toArray())
                    .containsExactly(reference(batch()).toArray(), ROUNDING);
        }
    }

    static Stream<OnnxOptions> sessions() {
        return Stream.of(
                OnnxOptions.ofDefaults(),
                OnnxOptions.custom().activations(Activations.RECOMPUTED).build(),
                OnnxOptions.custom().rowsPerPass(3).build());
    }

    /** What no adapted parameter has a hand in: the input, a product before the norm layer, and what goes into that. */
    @ParameterizedTest
    @MethodSource("sessions")
    void takesATensorInFrontOfAllThatIsAdapted(OnnxOptions options) {
        ModelProto file = network(FeaturesTest::matMul);
        String product = file.getGraph().getNode(0).getOutput(0);
        String bent = file.getGraph().getNode(1).getOutput(0);
        Matrix expected = originalOutput(withOutput(file, product), batch());
        for (String tensor : List.of("x", product, bent)) {
            try (OnnxModel model = load(
                            file, OnnxOptions.from(options).features(tensor).build());
                    OnnxModel without = load(file, options);
                    Pass served = model.serve(batch(), model.source());
                    Pass pass = model.forward(batch(), moved(model.source()));
                    Pass reference = without.forward(batch(), moved(model.source()));
                    Pass repeated = pass.repeat(model.source(), 3, 0)) {
                assertThat(served.features().toArray())
                        .containsExactly(pass.features().toArray(), ROUNDING);
                assertThat(repeated.features().toArray())
                        .containsExactly(pass.features().select(3, 0).toArray(), ROUNDING);
                assertThat(pass.pullback(seed()).toArray())
                        .containsExactly(reference.pullback(seed()).toArray(), ROUNDING);
                assertThat(model.classifierWeights()).isEmpty();
                if (tensor.equals(product)) {
                    assertThat(pass.features().toArray()).containsExactly(expected.toArray(), ROUNDING);
                }
            }
        }
    }

    private static ModelProto withOutput(ModelProto file, String tensor) {
        ModelProto.Builder changed = file.toBuilder();
        changed.getGraphBuilder().getOutputBuilder(0).setName(tensor).clearType();
        return changed.build();
    }

    @Test
    void takesASecondOutputOfTheFile() {
        TestGraph graph = new TestGraph(17);
        String features = body(graph);
        String logits = matMul(graph, features);
        graph.output(logits);
        graph.output(features);
        OnnxOptions options =
                OnnxOptions.custom().logits(logits).features(features).build();
        try (OnnxModel model = load(graph.model(), options);
                Pass served = model.serve(batch(), model.source())) {
            assertThat(served.features().toArray())
                    .containsExactly(reference(batch()).toArray(), ROUNDING);
        }
    }

    /** The file has them within a branch only, of which no session over the file could hand out a tensor. */
    @Test
    void takesATensorThatTheFileItselfCannotHandOut() {
        ModelProto file = network((graph, normalized) -> graph.named(
                "/if",
                "If",
                List.of(graph.node("Squeeze", List.of(graph.bytes(DataType.BOOL, (byte) 1)))),
                graph.body(
                        "then_branch",
                        branch -> branch.output(matMul(branch, branch.node("Sigmoid", List.of(normalized))))),
                graph.body("else_branch", branch -> branch.output(matMul(branch, normalized)))));
        try (OnnxModel model = load(file, Features.AUTO);
                Pass served = model.serve(batch(), model.source())) {
            float[] expected = reference(batch()).toArray();
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (float) (1 / (1 + Math.exp(-expected[i])));
            }
            assertThat(served.features().toArray()).containsExactly(expected, ROUNDING);
            assertThat(served.logits().toArray())
                    .containsExactly(originalOutput(file, batch()).toArray(), ROUNDING);
        }
    }

    /** Batch norm on the batch alone leaves features of mean beta and variance gamma^2. */
    @Test
    void followsTheStatisticsOfTheBatch() {
        TestGraph graph = new TestGraph(17);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, WIDTH)));
        String features = graph.named(
                "/norm/BatchNormalization",
                "BatchNormalization",
                List.of(
                        hidden,
                        graph.filled(2, WIDTH),
                        graph.filled(-1, WIDTH),
                        graph.filled(0.5f, WIDTH),
                        graph.filled(3, WIDTH)),
                real("epsilon", 0));
        graph.output(matMul(graph, features));
        try (OnnxModel model = load(graph.model(), Features.AUTO)) {
            AdaptableModel view = model.withStatistics(Statistics.BATCH);
            assertThat(view.features()).hasValue(WIDTH);
            assertThat(view.classifierWeights()).isEqualTo(model.classifierWeights());
            try (Pass pass = view.forward(batch(9), view.source());
                    Pass served = view.serve(batch(9), view.source())) {
                for (Matrix found : List.of(pass.features(), served.features())) {
                    for (int column = 0; column < WIDTH; column++) {
                        double mean = 0;
                        double square = 0;
                        for (int row = 0; row < 9; row++) {
                            mean += found.get(row, column) / 9;
                            square += Math.pow(found.get(row, column) + 1, 2) / 9;
                        }
                        assertThat(mean).isCloseTo(-1, within(1e-4));
                        assertThat(square).isCloseTo(4, within(1e-3));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t22 | must be a tensor that the graph makes of its inputs, but 't22' is none; near it are [t",
                "constant0 | 'constant0' is none; near it are [",
            })
    void namesTensorsNearOneThatThereIsNot(String tensor, String message) {
        assertThatThrownBy(() -> load(network(FeaturesTest::matMul), tensor))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx': features")
                .hasMessageContaining(message);
    }

    @Test
    void refusesFeaturesThatAreNoFloats() {
        TestGraph graph = new TestGraph(17);
        String features = body(graph);
        String half = graph.node("Cast", List.of(features), attribute("to", DataType.FLOAT16.getNumber()));
        String back = graph.node("Cast", List.of(half), attribute("to", DataType.FLOAT.getNumber()));
        graph.output(matMul(graph, back));
        assertThatThrownBy(() -> load(graph.model(), half))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "'small.onnx': features must be float32, but tensor '%s' is FLOAT16; name another tensor",
                        half);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        (Ending) (graph, features) -> graph.node(
                                "Add",
                                List.of(matMul(graph, features), matMul(graph, graph.node("Tanh", List.of(features))))),
                        "the last Gemm, MatMul or Conv before the logits is fed, but there is no single one"),
                Arguments.of(
                        (Ending) (graph, features) -> graph.node(
                                "ReduceMean",
                                List.of(matMul(
                                        graph,
                                        graph.node(
                                                "Concat",
                                                List.of(
                                                        graph.node("Unsqueeze", List.of(features, graph.longs(1))),
                                                        graph.node("Unsqueeze", List.of(features, graph.longs(1)))),
                                                attribute("axis", 1)))),
                                TestGraph.integers("axes", 1),
                                attribute("keepdims", 0)),
                        "features must be a row of fixed width for each sample, [N, D], but tensor 't"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void saysWhyItCannotChoose(Ending classifier, String message) {
        assertThatThrownBy(() -> load(network(classifier), Features.AUTO))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(
                        "name a tensor: features in the options, --features on the command line, such as");
    }

    /** Trained networks from both exporters: logits = features W^T + b, and the source state as without features. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet20-gn",
                "resnet20-gn-opset17",
                "resnet20-bn",
                "resnet20-bn-folded",
                "resnet20-gn-6",
                "vit-ln",
                "vit-ln-opset17"
            })
    void readsTheFeaturesOfTrainedNetworks(String network) {
        Path shared = Path.of(System.getProperty("tta4j.root", ".")).resolveSibling("shared");
        Path file = shared.resolve("models").resolve(network + ".onnx");
        assumeTrue(Files.exists(file), () -> "no reference networks in " + shared + ": features are not checked");
        OnnxOptions options = OnnxOptions.custom().features(Features.AUTO).build();
        try (OnnxModel model = OnnxModel.load(file, options);
                OnnxModel without = OnnxModel.load(file)) {
            Batch images = RandomSamples.of(model.inputs(), 5);
            Matrix weights = model.classifierWeights().orElseThrow();
            assertThat(model.features()).hasValue(network.startsWith("vit") ? 96 : 64);
            try (Pass served = model.serve(images, model.source());
                    Pass untouched = without.serve(images, model.source());
                    Pass pass = model.forward(images, moved(model.source()))) {
                assertThat(served.logits()).isEqualTo(untouched.logits());
                Vector shift = shift(weights, served, 0);
                for (int row = 0; row < 5; row++) {
                    assertThat(shift(weights, served, row).minus(shift).norm()).isLessThan(1e-4);
                    assertThat(shift(weights, pass, row).minus(shift).norm()).isLessThan(1e-4);
                }
            }
        }
    }

    /** What the classifier adds to the product. */
    private static Vector shift(Matrix weights, Pass pass, int row) {
        float[] shift = pass.logits().row(row);
        float[] features = pass.features().row(row);
        for (int c = 0; c < shift.length; c++) {
            double product = 0;
            for (int column = 0; column < features.length; column++) {
                product += (double) weights.get(c, column) * features[column];
            }
            shift[c] -= (float) product;
        }
        return Vector.of(shift);
    }
}
