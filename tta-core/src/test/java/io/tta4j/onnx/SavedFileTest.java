package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.load;
import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.graph.TestGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that ONNX Runtime has optimised and saved are adapted as those that they were made from. */
class SavedFileTest {

    private static final int ROWS = 4;
    private static final int CLASSES = 3;

    @TempDir
    Path folder;

    /** An encoder's block: attention's product, residuals into layer norms, a GELU with its bias. */
    private static ModelProto encoder() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 5, 8);
        String first = norm(graph, "first", x);
        String keys = graph.node("Transpose", List.of(first), integers("perm", 0, 2, 1));
        String scores = graph.node("MatMul", List.of(first, keys));
        String scaled = graph.node("Mul", List.of(scores, graph.number(0.3f)));
        String attended =
                graph.node("MatMul", List.of(graph.node("Softmax", List.of(scaled), attribute("axis", -1)), first));
        String second = norm(graph, "second", graph.node("Add", List.of(attended, first)));
        String wide = graph.node(
                "Add", List.of(graph.node("MatMul", List.of(second, graph.weights(8, 12))), graph.weights(12)));
        String erf = graph.node("Erf", List.of(graph.node("Div", List.of(wide, graph.number(1.4142135f)))));
        String gelu = graph.node(
                "Mul",
                List.of(
                        graph.node("Mul", List.of(wide, graph.node("Add", List.of(erf, graph.number(1))))),
                        graph.number(0.5f)));
        String narrow = graph.node("MatMul", List.of(gelu, graph.weights(12, 8)));
        String third = norm(graph, "third", graph.node("Add", List.of(narrow, second)));
        String pooled = graph.node("ReduceMean", List.of(third), integers("axes", 1), attribute("keepdims", 0));
        String hidden = graph.node("Gemm", List.of(pooled, graph.weights(8, 8), graph.weights(8)));
        graph.output(graph.node(
                "Gemm",
                List.of(graph.node("Relu", List.of(hidden)), graph.weights(8, CLASSES), graph.weights(CLASSES))));
        return graph.model();
    }

    private static String norm(TestGraph graph, String name, String tensor) {
        return graph.named(
                "/" + name + "/LayerNormalization",
                "LayerNormalization",
                List.of(
                        tensor,
                        graph.constant(name + ".weight", TestGraph.normal(new Random(name.hashCode()), 8), 8),
                        graph.constant(name + ".bias", TestGraph.normal(new Random(name.length()), 8), 8)));
    }

    /** Convolutions with activations and a residual, and an instance norm between them. */
    private static ModelProto convolutions() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 3, 6, 6);
        String first = relu(graph, convolution(graph, x, 3));
        String norm = graph.named(
                "/norm/InstanceNormalization",
                "InstanceNormalization",
                List.of(
                        first,
                        graph.constant("norm.weight", TestGraph.normal(new Random(1), 8), 8),
                        graph.constant("norm.bias", TestGraph.normal(new Random(2), 8), 8)));
        String second = relu(graph, convolution(graph, norm, 8));
        String third = relu(graph, graph.node("Add", List.of(convolution(graph, second, 8), norm)));
        String pooled = graph.node("Flatten", List.of(graph.node("GlobalAveragePool", List.of(third))));
        graph.output(graph.node("Gemm", List.of(pooled, graph.weights(8, CLASSES), graph.weights(CLASSES))));
        return graph.model();
    }

    private static String relu(TestGraph graph, String tensor) {
        return graph.node("LeakyRelu", List.of(tensor), TestGraph.real("alpha", 0.2f));
    }

    private static String convolution(TestGraph graph, String tensor, int channels) {
        return graph.node(
                "Conv",
                List.of(tensor, graph.weights(8, channels, 3, 3), graph.weights(8)),
                integers("pads", 1, 1, 1, 1));
    }

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(
                        encoder(),
                        OptLevel.EXTENDED_OPT,
                        List.of("SkipLayerNormalization", "BiasGelu", "FusedMatMul", "FusedGemm")),
                Arguments.of(encoder(), OptLevel.BASIC_OPT, List.of()),
                Arguments.of(convolutions(), OptLevel.EXTENDED_OPT, List.of("FusedConv")),
                Arguments.of(convolutions(), OptLevel.BASIC_OPT, List.of()));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void hasTheSameGradientSaved(ModelProto file, OptLevel level, List<String> fused) throws Exception {
        ModelProto saved = saved(file, level);
        int values = file.getGraph().getInput(0).getType().getTensorType().getShape().getDimList().stream()
                .skip(1)
                .mapToInt(extent -> Math.toIntExact(extent.getDimValue()))
                .reduce(1, Math::multiplyExact);
        long[] shape = file.getGraph().getInput(0).getType().getTensorType().getShape().getDimList().stream()
                .mapToLong(extent -> extent.hasDimValue() ? extent.getDimValue() : ROWS)
                .toArray();
        Batch batch = Batch.of("x", Tensor.of(TestGraph.normal(new Random(3), ROWS * values), shape));
        Matrix seed = Matrix.of(ROWS, CLASSES, TestGraph.normal(new Random(4), ROWS * CLASSES));

        assertThat(saved.getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .containsAll(fused);
        try (OnnxModel original = load(file);
                OnnxModel model = load(saved)) {
            assertThat(model.layout().layers())
                    .extracting(NormLayer::name)
                    .isEqualTo(original.layout().layers().stream()
                            .map(NormLayer::name)
                            .toList());
            assertThat(model.source()).isEqualTo(original.source());
            Vector theta = original.source()
                    .plus(0.1f, Vector.of(new float[original.source().size()]));
            try (Pass expected = original.forward(batch, theta);
                    Pass pass = model.forward(batch, theta)) {
                assertThat(pass.logits().toArray())
                        .containsExactly(expected.logits().toArray(), within(1e-4f));
                Vector gradient = expected.pullback(seed);
                assertThat(pass.pullback(seed).minus(gradient).norm()).isLessThan(1e-5 * gradient.norm());
            }
        }
    }

    private ModelProto saved(ModelProto file, OptLevel level) throws OrtException, IOException {
        Path path = folder.resolve("saved.onnx");
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setOptimizedModelFilePath(path.toString());
            OrtEnvironment.getEnvironment()
                    .createSession(file.toByteArray(), options)
                    .close();
        }
        return ModelProto.parseFrom(Files.readAllBytes(path));
    }

    @Test
    void refusesALayoutForOneKindOfProcessor() {
        ModelProto.Builder file = convolutions().toBuilder();
        file.getGraphBuilder()
                .getNodeBuilder(0)
                .setDomain("com.microsoft.nchwc")
                .setName("first");

        assertThatThrownBy(() -> load(file.build()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("com.microsoft.nchwc.Conv node 'first' is of a layout for one kind of processor")
                .hasMessageContaining("save the file again with ORT_ENABLE_EXTENDED at most");
    }
}
