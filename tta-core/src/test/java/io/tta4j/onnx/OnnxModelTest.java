package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.CLASSES;
import static io.tta4j.onnx.SmallModels.FEATURES;
import static io.tta4j.onnx.SmallModels.ROWS;
import static io.tta4j.onnx.SmallModels.batch;
import static io.tta4j.onnx.SmallModels.classifier;
import static io.tta4j.onnx.SmallModels.load;
import static io.tta4j.onnx.SmallModels.moved;
import static io.tta4j.onnx.SmallModels.norm;
import static io.tta4j.onnx.SmallModels.originalOutput;
import static io.tta4j.onnx.SmallModels.plain;
import static io.tta4j.onnx.SmallModels.seed;
import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.tta4j.engine.Inspection;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.TestGraph;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {

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
    void hasOneFingerprintFromMemoryAndFromAFile(@TempDir Path folder) throws IOException {
        ModelProto proto = classifier(logits -> logits);
        Path file = Files.write(folder.resolve("net.onnx"), proto.toByteArray());
        try (OnnxModel inMemory = load(proto);
                OnnxModel onDisk = OnnxModel.load(file);
                OnnxModel other = load(classifier(logits -> logits.then("Softmax", "end")))) {
            assertThat(onDisk.fingerprint())
                    .isEqualTo(inMemory.fingerprint())
                    .isNotEqualTo(other.fingerprint())
                    .matches("\\d+-[0-9a-f]{8}-[0-9a-f]{32}");
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
    void namesTheNodeThatHasNoRule(@TempDir Path folder) throws IOException {
        ModelProto file = classifier(logits -> {
            TestGraph graph = logits.graph();
            String product = graph.named("/all/Prod", "ReduceProd", List.of(logits.tensor()), integers("axes", 1));
            return new SmallModels.Ending(graph, graph.node("Mul", List.of(logits.tensor(), product)));
        });

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'small.onnx' cannot be adapted: ReduceProd node '/all/Prod'")
                .hasMessageContaining("has no gradient rule")
                .hasMessageContaining("export the model with another form of this operation");
        Path path = Files.write(folder.resolve("product.onnx"), file.toByteArray());
        Inspection inspection = OnnxModel.inspect(path, OnnxOptions.ofDefaults());
        assertThat(inspection.obstacles()).singleElement().asString().contains("ReduceProd node '/all/Prod'");
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

    /** What the pullback of a norm in ordinary operators reads lies in front of what a parameter has a hand in. */
    @Test
    void hasTheGradientOfALayerNormThatIsWrittenOut() {
        Matrix seed = Matrix.of(ROWS, 5, TestGraph.normal(new Random(1), ROWS * 5));
        try (OnnxModel whole = load(layerNorm(false));
                OnnxModel writtenOut = load(layerNorm(true));
                Pass expected = whole.forward(batch(), whole.source());
                Pass pass = writtenOut.forward(batch(), writtenOut.source())) {
            assertThat(pass.pullback(seed).toArray())
                    .containsExactly(expected.pullback(seed).toArray(), within(1e-4f));
        }
    }

    private static ModelProto layerNorm(boolean writtenOut) {
        TestGraph graph = new TestGraph(17);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, 5)));
        String gamma = graph.weights(5);
        String beta = graph.weights(5);
        String product = graph.weights(5, 5);
        if (!writtenOut) {
            String norm = graph.node("LayerNormalization", List.of(hidden, gamma, beta));
            graph.output(graph.node("MatMul", List.of(norm, product)));
            return graph.model();
        }
        String centered = graph.node("Sub", List.of(hidden, mean(graph, hidden)));
        String variance = mean(graph, graph.node("Pow", List.of(centered, graph.number(2))));
        String guarded = graph.node("Add", List.of(variance, graph.number(1e-5f)));
        String normalized = graph.node("Div", List.of(centered, graph.node("Sqrt", List.of(guarded))));
        String scaled = graph.node("Mul", List.of(normalized, gamma));
        graph.output(graph.node("MatMul", List.of(graph.node("Add", List.of(scaled, beta)), product)));
        return graph.model();
    }

    private static String mean(TestGraph graph, String tensor) {
        return graph.node("ReduceMean", List.of(tensor), integers("axes", -1));
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
