package io.tta4j.onnx;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.TestGraph;
import io.tta4j.onnx.session.Feed;
import io.tta4j.onnx.session.NativeSession;
import io.tta4j.onnx.session.NativeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {

    private static final int ROWS = 4;
    private static final int FEATURES = 6;
    private static final int CLASSES = 3;

    @TempDir
    Path folder;

    // ---- models

    /** A layer norm between two products; {@code end} is what comes behind the logits. */
    private static ModelProto classifier(UnaryOperator<Ending> end) {
        TestGraph graph = new TestGraph(17);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, 5)));
        String normalized = norm(graph, "norm", hidden);
        String logits = graph.node("Gemm", List.of(normalized, graph.weights(5, CLASSES), graph.weights(CLASSES)));
        graph.output(end.apply(new Ending(graph, logits)).tensor());
        return graph.model();
    }

    private record Ending(TestGraph graph, String tensor) {

        Ending then(String operator, String name) {
            return new Ending(graph, graph.named(name, operator, List.of(tensor)));
        }

        /** Branches that read only what their bodies capture. */
        Ending branch(Function<TestGraph, String> then, Function<TestGraph, String> otherwise) {
            String sum = graph.node("ReduceSum", List.of("x"), attribute("keepdims", 0));
            return new Ending(
                    graph,
                    graph.named(
                            "/control",
                            "If",
                            List.of(graph.node("Greater", List.of(sum, graph.number(0)))),
                            graph.body("then_branch", body -> body.output(then.apply(body))),
                            graph.body("else_branch", body -> body.output(otherwise.apply(body)))));
        }

        /** A product that nothing adapts, plus three times a tensor that the body captures. */
        Ending loop(String captured) {
            String start = graph.node("MatMul", List.of("x", graph.weights(FEATURES, CLASSES)));
            return new Ending(
                    graph,
                    graph.named(
                            "/control",
                            "Loop",
                            List.of(graph.longs(new long[0], 3), "", start),
                            graph.body("body", body -> {
                                body.scalar("step", DataType.INT64);
                                String goOn = body.scalar("go_on", DataType.BOOL);
                                String sum = body.input("sum", CLASSES);
                                body.output(body.node("Identity", List.of(goOn)));
                                body.output(body.node("Add", List.of(sum, captured)));
                            })));
        }
    }

    private static String norm(TestGraph graph, String path, String tensor) {
        return graph.named(
                "/" + path + "/LayerNormalization",
                "LayerNormalization",
                List.of(tensor, graph.weights(5), graph.weights(5)));
    }

    private static OnnxModel load(ModelProto model) {
        return OnnxModel.load(model.toByteArray(), "small.onnx", OnnxOptions.ofDefaults());
    }

    private static OnnxModel plain() {
        return load(classifier(logits -> logits));
    }

    private Path write(String name, ModelProto model) throws IOException {
        return Files.write(folder.resolve(name), model.toByteArray());
    }

    private static Batch batch() {
        return batch(ROWS);
    }

    private static Batch batch(int rows) {
        return Batch.of("x", Tensor.of(TestGraph.normal(new Random(23), rows * FEATURES), rows, FEATURES));
    }

    private static Matrix seed() {
        return Matrix.of(ROWS, CLASSES, TestGraph.normal(new Random(29), ROWS * CLASSES));
    }

    private static Vector moved(Vector theta) {
        return theta.plus(0.1f, Vector.of(TestGraph.normal(new Random(31), theta.size())));
    }

    private static Matrix originalOutput(ModelProto model, Batch batch) {
        String output = model.getGraph().getOutput(0).getName();
        try (NativeSession session = NativeSession.open(model.toByteArray(), 0);
                Feed feed = Feed.of(batch);
                OrtSession.Result result = session.run(feed.tensors(), Set.of(output))) {
            return NativeTensors.matrix(result, output);
        }
    }

    // ---- what it computes

    @Test
    void describesItself() {
        try (OnnxModel model = plain()) {
            assertThat(model.classes()).isEqualTo(CLASSES);
            assertThat(model.inputs()).singleElement().hasToString("FLOAT32[N, 6]");
            assertThat(model.layout().layers()).extracting(NormLayer::name).containsExactly("norm");
            assertThat(model.layout().size())
                    .isEqualTo(10)
                    .isEqualTo(model.source().size());
            assertThat(model.samplesIndependent()).isTrue();
        }
    }

    @Test
    void servesTheSourceAsAPlainSessionDoes() {
        ModelProto file = classifier(logits -> logits);
        try (OnnxModel model = load(file);
                Pass pass = model.serve(batch(), model.source())) {
            assertThat(pass.logits()).isEqualTo(originalOutput(file, batch())).isEqualTo(pass.output());
        }
    }

    @Test
    void givesTheSameLogitsServedOrTraced() {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            try (Pass served = model.serve(batch(), theta);
                    Pass traced = model.forward(batch(), theta);
                    Pass source = model.forward(batch(), model.source());
                    Pass sourceServed = model.serve(batch(), model.source())) {
                assertThat(served.logits()).isEqualTo(traced.logits()).isNotEqualTo(source.logits());
                assertThat(source.logits().toArray())
                        .containsExactly(sourceServed.logits().toArray(), within(1e-5f));
            }
        }
    }

    @Test
    void givesASamplesRowsThatSumToTheGradient() {
        try (OnnxModel model = plain();
                Pass pass = model.forward(batch(), moved(model.source()))) {
            Vector gradient = pass.pullback(seed());
            Matrix rows = pass.samplePullback(seed());
            Vector sum = IntStream.range(0, ROWS)
                    .mapToObj(row -> Vector.of(rows.row(row)))
                    .reduce(Vector::plus)
                    .orElseThrow();

            assertThat(gradient.norm()).isPositive();
            assertThat(sum.minus(gradient).norm()).isLessThan(1e-5 * gradient.norm());
        }
    }

    static Stream<int[]> rows() {
        return Stream.of(
                new int[] {2, 0},
                new int[] {0, 2},
                new int[] {3},
                new int[] {3, 2, 1, 0},
                new int[] {0, 1, 2, 3},
                new int[] {1, 1, 3, 1, 0});
    }

    @ParameterizedTest
    @MethodSource("rows")
    void repeatsSomeRowsAtAnotherTheta(int[] rows) {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            try (Pass pass = model.forward(batch(), model.source());
                    Pass repeated = pass.repeat(theta, rows);
                    Pass selected = model.forward(batch().select(rows), theta)) {
                assertSame(repeated, selected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void repeatsAPassThatIsClosedThen(int[] rows) {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            Pass pass = model.forward(batch(), model.source());
            Pass repeated = pass.repeat(theta, rows);
            pass.close();
            // What a closed pass has freed is likely to be written by the next one.
            try (Pass another = model.forward(batch(7), model.source());
                    Pass selected = model.forward(batch().select(rows), theta)) {
                assertThat(another.rows()).isEqualTo(7);
                assertSame(repeated, selected);
            } finally {
                repeated.close();
            }
        }
    }

    @Test
    void repeatsARepeatedPass() {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            try (Pass pass = model.forward(batch(), model.source());
                    Pass repeated = pass.repeat(theta, 3, 1, 0);
                    Pass again = repeated.repeat(model.source(), 2, 0);
                    Pass selected = model.forward(batch().select(0, 3), model.source())) {
                assertSame(again, selected);
            }
        }
    }

    @Test
    void repeatsAServedPassAsATracedOne() {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            try (Pass pass = model.serve(batch(), model.source());
                    Pass repeated = pass.repeat(theta, 3, 1);
                    Pass selected = model.forward(batch().select(3, 1), theta)) {
                assertSame(repeated, selected);
            }
        }
    }

    /** Bit for bit. */
    private static void assertSame(Pass pass, Pass expected) {
        int rows = expected.rows();
        Matrix seed = Matrix.of(rows, CLASSES, TestGraph.normal(new Random(37), rows * CLASSES));
        assertThat(pass.rows()).isEqualTo(rows);
        assertThat(pass.logits()).isEqualTo(expected.logits());
        assertThat(pass.pullback(seed)).isEqualTo(expected.pullback(seed));
        assertThat(pass.samplePullback(seed)).isEqualTo(expected.samplePullback(seed));
        assertThat(pass.pullback(seed).norm()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, ROWS, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesToRepeatRowsThatThereAreNot(int row) {
        try (OnnxModel model = plain();
                Pass traced = model.forward(batch(), model.source());
                Pass served = model.serve(batch(), model.source())) {
            Vector theta = model.source();

            for (Pass pass : List.of(traced, served)) {
                assertThatThrownBy(() -> pass.repeat(theta, 0, row))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessage("Index %d out of bounds for length 4", row);
            }
        }
    }

    @Test
    void refusesToRepeatNoRows() {
        try (OnnxModel model = plain();
                Pass traced = model.forward(batch(), model.source());
                Pass served = model.serve(batch(), model.source())) {
            assertThatIllegalArgumentException().isThrownBy(() -> traced.repeat(model.source()));
            assertThatIllegalArgumentException().isThrownBy(() -> served.repeat(model.source()));
        }
    }

    @Test
    void givesNothingToRowsOfZerosInTheSeed() {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            float[] some = seed().toArray();
            Arrays.fill(some, CLASSES, 2 * CLASSES, 0);
            Arrays.fill(some, 3 * CLASSES, 4 * CLASSES, 0);
            try (Pass pass = model.forward(batch(), theta);
                    Pass alone = model.forward(batch().select(0, 2), theta)) {
                Vector gradient = pass.pullback(Matrix.of(ROWS, CLASSES, some));
                Vector expected = alone.pullback(seed().select(0, 2));

                assertThat(expected.norm()).isPositive();
                assertThat(gradient.minus(expected).norm()).isLessThan(1e-5 * expected.norm());
                assertThat(Vector.of(pass.samplePullback(Matrix.of(ROWS, CLASSES, some))
                                        .row(3))
                                .norm())
                        .isZero();
                assertThat(pass.pullback(Matrix.of(ROWS, CLASSES, new float[ROWS * CLASSES])))
                        .isEqualTo(Vector.zeros(10));
            }
        }
    }

    /** Twice through the same layer: once as one module, once as two that an exporter gave the same values. */
    @Test
    void addsTheGradientsOfAModuleThatIsCalledTwice() {
        try (OnnxModel together = load(twice("norm", "norm"));
                OnnxModel apart = load(twice("a", "b"));
                Pass one = together.forward(batch(), together.source());
                Pass two = apart.forward(batch(), apart.source())) {
            assertThat(apart.layout().layers()).extracting(NormLayer::name).containsExactly("a", "b");
            int size = together.layout().size();
            Vector both = two.pullback(seed());
            Vector sum = Vector.of(both.slice(0, size)).plus(Vector.of(both.slice(size, size)));

            assertThat(one.logits()).isEqualTo(two.logits());
            assertThat(one.pullback(seed()).minus(sum).norm()).isLessThan(1e-5 * sum.norm());
            assertThat(one.samplePullback(seed()).columns()).isEqualTo(size);
        }
    }

    private static ModelProto twice(String first, String second) {
        TestGraph graph = new TestGraph(17);
        List<String> parameters = List.of(
                graph.constant("shared.weight", TestGraph.normal(new Random(1), FEATURES), FEATURES),
                graph.constant("shared.bias", TestGraph.normal(new Random(2), FEATURES), FEATURES));
        String end = graph.input("x", FEATURES);
        for (String path : List.of(first, second)) {
            String active = graph.node("Tanh", List.of(end));
            String name = "/%s/LayerNormalization%s".formatted(path, end);
            end = graph.named(name, "LayerNormalization", List.of(active, parameters.get(0), parameters.get(1)));
        }
        graph.output(graph.node("MatMul", List.of(end, graph.weights(FEATURES, CLASSES))));
        return graph.model();
    }

    @Test
    void givesZerosToALayerThatTheLogitsDoNotDependOn() {
        TestGraph graph = new TestGraph(17);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, 5)));
        norm(graph, "unused", hidden);
        graph.output(graph.node("MatMul", List.of(norm(graph, "used", hidden), graph.weights(5, CLASSES))));
        try (OnnxModel model = load(graph.model());
                Pass pass = model.forward(batch(), model.source())) {
            Vector gradient = pass.pullback(seed());

            assertThat(Vector.of(gradient.slice(0, 10))).isEqualTo(Vector.zeros(10));
            assertThat(Vector.of(gradient.slice(10, 10)).norm()).isPositive();
            assertThat(pass.samplePullback(seed()).columns()).isEqualTo(20);
        }
    }

    @Test
    void refusesSingleGradientsWhereSamplesInteract() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 5);
        String shared = graph.node("Sub", List.of(x, graph.node("ReduceMean", List.of(x), integers("axes", 0))));
        graph.output(norm(graph, "norm", shared));
        try (OnnxModel model = load(graph.model());
                Pass pass = model.forward(Batch.of("x", Tensor.of(new float[10], 2, 5)), model.source())) {
            Matrix ones = Matrix.of(2, 5, new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});

            assertThat(model.samplesIndependent()).isFalse();
            assertThat(pass.pullback(ones).size()).isEqualTo(10);
            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.samplePullback(ones))
                    .withMessageContaining("samples must be independent");
        }
    }

    // ---- how it ends

    @ParameterizedTest
    @ValueSource(strings = {"Softmax", "LogSoftmax"})
    void adaptsTheLogitsOfAModelThatEndsInProbabilities(String operator) {
        ModelProto file = classifier(logits -> logits.then(operator, "/end").then("Identity", "/out"));
        try (OnnxModel model = load(file);
                OnnxModel bare = plain()) {
            Vector theta = moved(bare.source());
            try (Pass pass = model.forward(batch(), theta);
                    Pass expected = bare.forward(batch(), theta);
                    Pass served = model.serve(batch(), model.source())) {
                assertThat(model.source()).isEqualTo(bare.source());
                assertThat(pass.logits()).isEqualTo(expected.logits());
                assertThat(pass.pullback(seed())).isEqualTo(expected.pullback(seed()));
                assertThat(served.output().toArray())
                        .containsExactly(originalOutput(file, batch()).toArray(), within(1e-6f));
                assertThat(pass.output()).isNotEqualTo(pass.logits());
                for (int row = 0; row < ROWS; row++) {
                    double total = 0;
                    for (float value : pass.output().row(row)) {
                        total += operator.equals("Softmax") ? value : Math.exp(value);
                    }
                    assertThat(total).isCloseTo(1, within(1e-5));
                }
            }
        }
    }

    @Test
    void refusesAModelThatEndsInASigmoid() {
        ModelProto file = classifier(logits -> logits.then("Sigmoid", "/end/Sigmoid"));

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx' ends in a Sigmoid (node '/end/Sigmoid')")
                .hasMessageContaining("multi-label");
    }

    @Test
    void refusesLogitsThatAreNoTable() {
        ModelProto file = classifier(logits -> new Ending(
                logits.graph(),
                logits.graph()
                        .node(
                                "Unsqueeze",
                                List.of(logits.tensor(), logits.graph().longs(1)))));

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must be of shape [N, C] with at least two classes, but are [N, 1, 3]");
    }

    /** Ends behind which probabilities would be taken for logits. */
    static Stream<Arguments> disguisedEnds() {
        return Stream.of(
                Arguments.of(end("Softmax", "Flatten"), "lies behind the Softmax (node '/end/Softmax')"),
                Arguments.of(end("Softmax", "Log"), "lies behind the Softmax (node '/end/Softmax')"),
                Arguments.of(end("LogSoftmax", "Flatten"), "lies behind the LogSoftmax (node '/end/LogSoftmax')"),
                Arguments.of(end("Sigmoid", "Flatten"), "ends in a Sigmoid (node '/end/Sigmoid')"),
                Arguments.of(end("Softmax", "Abs"), "must be unnormalised scores, but the rows sum to one"),
                Arguments.of(end("ArgMax"), "must be float32, but is INT64"));
    }

    private static UnaryOperator<Ending> end(String... operators) {
        return logits -> {
            Ending end = logits;
            for (String operator : operators) {
                end = end.then(operator, "/end/" + operator);
            }
            return end;
        };
    }

    @ParameterizedTest
    @MethodSource("disguisedEnds")
    void refusesProbabilitiesInDisguise(UnaryOperator<Ending> end, String message) {
        assertThatThrownBy(() -> load(classifier(end)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }

    @Test
    void servesTheSourceOfASoftmaxModelFromTheOriginalFile() {
        try (OnnxModel softmax = load(classifier(end("Softmax")));
                OnnxModel logSoftmax = load(classifier(end("LogSoftmax")));
                OnnxModel plain = load(classifier(logits -> logits));
                Pass probabilities = softmax.serve(batch(), softmax.source());
                Pass logarithms = logSoftmax.serve(batch(), logSoftmax.source());
                Pass logits = plain.serve(batch(), plain.source())) {
            for (int row = 0; row < ROWS; row++) {
                // Logits are only defined up to a constant of the row.
                for (int column = 1; column < CLASSES; column++) {
                    float gap =
                            logits.logits().get(row, column) - logits.logits().get(row, 0);
                    assertThat(probabilities.logits().get(row, column)
                                    - probabilities.logits().get(row, 0))
                            .isCloseTo(gap, within(1e-4f));
                    assertThat(logarithms.logits().get(row, column)
                                    - logarithms.logits().get(row, 0))
                            .isCloseTo(gap, within(1e-4f));
                }
            }
        }
    }

    @Test
    void refusesASoftmaxOverAnotherAxis() {
        ModelProto file = classifier(logits -> new Ending(
                logits.graph(), logits.graph().node("Softmax", List.of(logits.tensor()), attribute("axis", 0))));

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must run over the classes, axis 1");
    }

    // ---- what it refuses

    @Test
    void namesTheNodeThatHasNoRule() throws IOException {
        ModelProto file = classifier(logits -> logits.then("Cos", "/wave/Cos"));

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx' cannot be adapted: Cos node '/wave/Cos'")
                .hasMessageContaining("has no gradient rule")
                .hasMessageContaining("export the model with another form of this operation");
        OnnxInspection inspection = OnnxModel.inspect(write("wave.onnx", file), OnnxOptions.ofDefaults());
        assertThat(inspection.obstacles()).singleElement().asString().contains("Cos node '/wave/Cos'");
        assertThat(inspection.parameters()).isEqualTo(10);
    }

    @Test
    void namesTheNodeWhoseUseHasNoRule() {
        TestGraph graph = new TestGraph(17);
        String normalized = norm(graph, "norm", graph.input("x", 5));
        String mean = graph.named("/mix/Mean", "ReduceMean", List.of(normalized), integers("axes", 0));
        graph.output(graph.node("Sub", List.of(normalized, mean)));

        assertThatThrownBy(() -> load(graph.model()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("ReduceMean node '/mix/Mean'")
                .hasMessageContaining("must not depend on the batch");
    }

    /** What a branch or a loop reads inside its bodies alone is no input of its node. */
    static Stream<UnaryOperator<Ending>> bodiesThatReadTheirSurroundings() {
        return Stream.of(
                logits -> logits.branch(
                        then -> then.node("Neg", List.of(logits.tensor())),
                        other -> other.node("Identity", List.of(logits.tensor()))),
                logits -> logits.branch(
                        then -> then.node("MatMul", List.of("x", then.weights(FEATURES, CLASSES))),
                        other -> other.node("Identity", List.of(logits.tensor()))),
                logits -> logits.branch(
                        then -> then.node("MatMul", List.of("x", then.weights(FEATURES, CLASSES))),
                        other -> new Ending(other, logits.tensor())
                                .branch(
                                        then -> then.node("Neg", List.of(logits.tensor())),
                                        inner -> inner.node("MatMul", List.of("x", inner.weights(FEATURES, CLASSES))))
                                .tensor()),
                logits -> logits.loop(logits.tensor()));
    }

    @ParameterizedTest
    @MethodSource("bodiesThatReadTheirSurroundings")
    void namesTheNodeWhoseBodiesReadWhatIsAdapted(UnaryOperator<Ending> end) {
        assertThatThrownBy(() -> load(classifier(end)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx' cannot be adapted: ")
                .hasMessageContaining("node '/control' lies between a norm layer and the logits")
                .hasMessageContaining("has no gradient rule");
    }

    static Stream<UnaryOperator<Ending>> bodiesThatReadNothingAdapted() {
        return Stream.of(
                logits -> logits.branch(
                        then -> then.node("MatMul", List.of("x", then.weights(FEATURES, CLASSES))),
                        other -> other.node(
                                "Neg", List.of(other.node("MatMul", List.of("x", other.weights(FEATURES, CLASSES)))))),
                logits -> logits.loop(logits.graph()
                        .node("MatMul", List.of("x", logits.graph().weights(FEATURES, CLASSES)))));
    }

    @ParameterizedTest
    @MethodSource("bodiesThatReadNothingAdapted")
    void passesByBodiesThatReadNothingAdapted(UnaryOperator<Ending> end) {
        ModelProto file = classifier(logits -> new Ending(
                logits.graph(),
                logits.graph()
                        .node("Add", List.of(logits.tensor(), end.apply(logits).tensor()))));
        try (OnnxModel model = load(file);
                OnnxModel bare = plain()) {
            Vector theta = moved(bare.source());
            try (Pass pass = model.forward(batch(), theta);
                    Pass expected = bare.forward(batch(), theta);
                    Pass served = model.serve(batch(), model.source())) {
                Vector gradient = expected.pullback(seed());

                assertThat(served.logits()).isEqualTo(originalOutput(file, batch()));
                assertThat(pass.logits()).isNotEqualTo(expected.logits());
                assertThat(pass.pullback(seed()).minus(gradient).norm()).isLessThan(1e-5 * gradient.norm());
            }
        }
    }

    @Test
    void needsNoRuleInFrontOfTheFirstNorm() {
        TestGraph graph = new TestGraph(17);
        String wave = graph.node("Cos", List.of(graph.input("x", FEATURES)));
        String hidden = graph.node("MatMul", List.of(wave, graph.weights(FEATURES, 5)));
        graph.output(norm(graph, "norm", hidden));
        try (OnnxModel model = load(graph.model());
                Pass pass = model.forward(batch(), model.source())) {
            assertThat(pass.pullback(Matrix.of(ROWS, 5, TestGraph.normal(new Random(1), ROWS * 5)))
                            .norm())
                    .isPositive();
        }
    }

    @Test
    void refusesAModelWithoutNorms() {
        TestGraph graph = new TestGraph(17);
        graph.output(graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, CLASSES))));

        assertThatThrownBy(() -> load(graph.model()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx' cannot be adapted: there is no norm layer");
    }

    @Test
    void refusesATextFile() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.onnx"), "This is no model at all.\n");

        assertThatThrownBy(() -> OnnxModel.load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'notes.onnx' is no ONNX model")
                .hasMessageContaining("expected an ONNX file");
    }

    @Test
    void refusesAnEmptyFileAndAMissingOne() throws IOException {
        Path empty = Files.write(folder.resolve("empty.onnx"), new byte[0]);

        assertThatThrownBy(() -> OnnxModel.load(empty)).isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> OnnxModel.load(folder.resolve("missing.onnx")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.onnx");
    }

    @Test
    void refusesAnOldOpset() {
        TestGraph graph = new TestGraph(11);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, CLASSES)));
        graph.output(hidden);
        ModelProto model = graph.model();
        assertThatThrownBy(() -> load(model))
                .isInstanceOf(ModelException.class)
                .hasMessage("'small.onnx' must be of opset 13 or newer, but is of 11; export it again");
    }

    @Test
    void refusesAFixedBatch() {
        ModelProto.Builder file = classifier(logits -> logits).toBuilder();
        file.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .setDimValue(1);

        assertThatThrownBy(() -> load(file.build()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("input 'x' has a fixed batch of 1")
                .hasMessageContaining("dynamic batch axis");
    }

    @Test
    void saysWhatIsWrongWithABatch() {
        try (OnnxModel model = plain()) {
            Vector theta = model.source();
            Tensor x = Tensor.of(new float[FEATURES], 1, FEATURES);

            refuses(model, Batch.of("y", x), "inputs must be [x], but were {y=FLOAT32[1, 6]}");
            refuses(model, Batch.of(Map.of("x", x, "y", x)), "inputs must be [x], but were");
            refuses(
                    model,
                    Batch.of("x", Tensor.of(new long[FEATURES], 1, FEATURES)),
                    "input 'x' must be FLOAT32[N, 6], but was INT64[1, 6]");
            refuses(
                    model,
                    Batch.of("x", Tensor.of(new float[7], 1, 7)),
                    "input 'x' must be FLOAT32[N, 6], but was FLOAT32[1, 7]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.forward(batch(), Vector.zeros(3)))
                    .withMessage("theta must have 10 values, but had 3");
            try (Pass pass = model.forward(batch(), theta)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> pass.pullback(Matrix.of(1, 3, new float[3])))
                        .withMessage("seed must be of shape [4, 3], but was [1, 3]");
            }
        }
    }

    private static void refuses(OnnxModel model, Batch batch, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.forward(batch, model.source()))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.serve(batch, model.source()))
                .withMessageContaining(message);
    }

    // ---- lifetimes

    @Test
    void repeatsAnOpenPassOfAClosedModel() {
        OnnxModel model = load(classifier(logits -> logits));
        try (Pass pass = model.forward(batch(), model.source())) {
            model.close();
            try (Pass again = pass.repeat(model.source(), 1)) {
                assertThat(again.logits()).isEqualTo(pass.logits().select(1));
            }
        }
        assertThatThrownBy(() -> model.forward(batch(), model.source())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesToPullBackAClosedPass() {
        try (OnnxModel model = plain()) {
            Pass pass = model.forward(batch(), model.source());
            pass.close();
            pass.close();

            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.pullback(seed()))
                    .withMessage("the pass is closed");
            assertThatIllegalStateException().isThrownBy(() -> pass.samplePullback(seed()));
            assertThatIllegalStateException().isThrownBy(() -> pass.repeat(model.source(), 0));
            assertThat(pass.logits().rows()).isEqualTo(ROWS);
        }
    }

    @Test
    void refusesToPullBackAServedPass() {
        try (OnnxModel model = plain();
                Pass pass = model.serve(batch(), model.source())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.pullback(seed()))
                    .withMessageContaining("must come from forward");
            assertThatIllegalStateException().isThrownBy(() -> pass.samplePullback(seed()));
        }
    }

    @Test
    void outlivesItsModelAsAPass() {
        OnnxModel model = plain();
        try (Pass pass = model.forward(batch(), model.source())) {
            Vector before = pass.pullback(seed());
            model.close();
            model.close();

            assertThat(pass.pullback(seed())).isEqualTo(before);
            assertThatIllegalStateException()
                    .isThrownBy(() -> model.forward(batch(), model.source()))
                    .withMessage("model 'small.onnx' is closed");
            assertThatIllegalStateException().isThrownBy(() -> model.serve(batch(), model.source()));
        }
    }

    @Test
    void givesTheSameBitsToManyThreads() throws Exception {
        try (OnnxModel model = plain()) {
            Vector theta = moved(model.source());
            Vector expected = gradient(model, theta);
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                Callable<Vector> atTheta = () -> gradient(model, theta);
                Callable<Vector> elsewhere = () -> {
                    // Others use the same native tensors for another theta and another size in between.
                    try (Pass pass = model.forward(batch(3), model.source())) {
                        return Vector.of(pass.logits().row(0));
                    }
                };
                var results = threads.invokeAll(IntStream.range(0, 400)
                        .mapToObj(i -> i % 2 == 0 ? atTheta : elsewhere)
                        .toList());
                for (int i = 0; i < results.size(); i += 2) {
                    assertThat(results.get(i).get()).isEqualTo(expected);
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    private static Vector gradient(OnnxModel model, Vector theta) {
        try (Pass pass = model.forward(batch(), theta)) {
            return pass.pullback(seed());
        }
    }

    // ---- weights in files of their own

    @Test
    void readsWeightsBesideTheFile() throws IOException {
        ModelProto file = classifier(logits -> logits);
        Path path = write("external.onnx", external(file, "weights.bin", folder.resolve("weights.bin")));
        try (OnnxModel model = OnnxModel.load(path);
                Pass pass = model.serve(batch(), model.source());
                Pass traced = model.forward(batch(), model.source())) {
            assertThat(pass.logits()).isEqualTo(originalOutput(file, batch()));
            assertThat(traced.pullback(seed()).norm()).isPositive();
        }
    }

    @Test
    void refusesWeightsOutsideOfTheFilesFolder() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        ModelProto file = external(classifier(logits -> logits), "../weights.bin", folder.resolve("weights.bin"));
        Path path = Files.write(inner.resolve("external.onnx"), file.toByteArray());

        assertThatThrownBy(() -> OnnxModel.load(path))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("outside of its own folder, in '../weights.bin'");
    }

    @Test
    void refusesWeightsThatAreCutShort() throws IOException {
        Path weights = folder.resolve("weights.bin");
        Path path = write("external.onnx", external(classifier(logits -> logits), "weights.bin", weights));
        Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 8));

        assertThatThrownBy(() -> OnnxModel.load(path))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'weights.bin' must hold 120 bytes");
    }

    /** The first weights moved to a file, behind four other bytes. */
    private static ModelProto external(ModelProto model, String location, Path file) throws IOException {
        ModelProto.Builder changed = model.toBuilder();
        TensorProto.Builder weights = changed.getGraphBuilder().getInitializerBuilder(0);
        byte[] data = weights.getRawData().toByteArray();
        byte[] padded = new byte[data.length + 4];
        System.arraycopy(data, 0, padded, 4, data.length);
        Files.write(file, padded);
        weights.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
        Map.of("location", location, "offset", "4", "length", "" + data.length)
                .forEach((key, value) -> weights.addExternalData(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return changed.build();
    }

    // ---- inputs of other types

    @Test
    void takesSeveralInputsOfSeveralTypes() {
        TestGraph graph = new TestGraph(17);
        String tokens = graph.input("tokens", DataType.INT64, 5);
        String mask = graph.input("mask", DataType.BOOL, 5);
        String embedded = graph.node(
                "ReduceSum",
                List.of(graph.node("Gather", List.of(graph.weights(4, 5), tokens)), graph.longs(1)),
                attribute("keepdims", 0));
        String masked = graph.node(
                "Mul",
                List.of(embedded, graph.node("Cast", List.of(mask), attribute("to", DataType.FLOAT.getNumber()))));
        graph.output(norm(graph, "norm", masked));
        try (OnnxModel model = load(graph.model());
                Pass pass = model.forward(
                        Batch.of(Map.of(
                                "tokens",
                                Tensor.of(new long[] {0, 1, 2, 3, 0, 1, 1, 2, 2, 3}, 2, 5),
                                "mask",
                                Tensor.of(
                                        ElementType.BOOL,
                                        ByteBuffer.allocateDirect(10)
                                                .order(ByteOrder.nativeOrder())
                                                .put(0, new byte[] {1, 0, 1, 1, 1, 0, 1, 1, 0, 1}),
                                        2,
                                        5))),
                        model.source())) {
            assertThat(pass.pullback(Matrix.of(2, 5, TestGraph.normal(new Random(1), 10)))
                            .norm())
                    .isPositive();
        }
    }
}
