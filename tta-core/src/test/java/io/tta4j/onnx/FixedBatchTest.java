package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.load;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.tta4j.engine.Features;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.TestGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were exported for batches of one size. */
class FixedBatchTest {

    private static final int TOKENS = 3;
    private static final int WIDTH = 4;
    private static final int ROWS = 5;

    /** A class token in front of tokens, by heads and back, and the token's norm: batch 0 is an open one. */
    private static ModelProto transformer(long batch) {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", TOKENS * WIDTH);
        String token = graph.weights(1, 1, WIDTH);
        String tokens = graph.node("Reshape", List.of(x, graph.longs(batch, TOKENS, WIDTH)));
        String repeated = batch == 0
                ? graph.node(
                        "Expand",
                        List.of(
                                token,
                                graph.node(
                                        "Concat",
                                        List.of(
                                                graph.node(
                                                        "Slice",
                                                        List.of(
                                                                graph.node("Shape", List.of(x)),
                                                                graph.longs(0),
                                                                graph.longs(1))),
                                                graph.longs(1, WIDTH)),
                                        GraphBuilder.attribute("axis", 0))))
                : graph.node("Expand", List.of(token, graph.longs(batch, 1, WIDTH)));
        String all = graph.node("Concat", List.of(repeated, tokens), GraphBuilder.attribute("axis", 1));
        String normalized = graph.named(
                "/norm/LayerNormalization",
                "LayerNormalization",
                List.of(all, graph.weights(WIDTH), graph.weights(WIDTH)));
        long heads = 2;
        String split = graph.node(
                "Reshape",
                List.of(normalized, graph.longs(batch == 0 ? -1 : batch * (TOKENS + 1), heads, WIDTH / heads)));
        String mixed = graph.node("Tanh", List.of(split));
        String joined =
                graph.node("Reshape", List.of(mixed, graph.longs(batch == 0 ? -1 : batch, (TOKENS + 1) * WIDTH)));
        graph.output(graph.node("Gemm", List.of(joined, graph.weights((TOKENS + 1) * WIDTH, 3))));
        return batch == 0 ? graph.model() : fixed(graph.model(), batch);
    }

    private static ModelProto fixed(ModelProto model, long batch) {
        ModelProto.Builder fixed = model.toBuilder();
        fixed.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .setDimValue(batch);
        return fixed.build();
    }

    private static Batch batch() {
        float[] values = TestGraph.normal(new Random(5), ROWS * TOKENS * WIDTH);
        return Batch.of("x", Tensor.of(values, ROWS, TOKENS * WIDTH));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4})
    void opensTheBatch(long size) {
        Matrix seed = Matrix.of(ROWS, 3, TestGraph.normal(new Random(6), ROWS * 3));
        try (OnnxModel model = load(transformer(size));
                OnnxModel open = load(transformer(0));
                Pass pass = model.forward(batch(), model.source());
                Pass expected = open.forward(batch(), open.source());
                Pass served = model.serve(batch(), model.source())) {
            assertThat(pass.logits().toArray())
                    .containsExactly(expected.logits().toArray(), within(1e-5f));
            assertThat(served.logits().toArray())
                    .containsExactly(expected.logits().toArray(), within(1e-5f));
            assertThat(pass.pullback(seed).toArray())
                    .containsExactly(expected.pullback(seed).toArray(), within(1e-4f));
        }
    }

    @Test
    void handsOutFeaturesOfAnyNumberOfSamples() {
        OnnxOptions options = OnnxOptions.custom().features(Features.AUTO).build();
        try (OnnxModel model = OnnxModel.load(transformer(4).toByteArray(), "fixed.onnx", options);
                OnnxModel open = OnnxModel.load(transformer(0).toByteArray(), "open.onnx", options);
                Pass expected = open.serve(batch(), open.source());
                Pass served = model.serve(batch(), model.source());
                Pass pass = model.forward(batch(), model.source())) {
            assertThat(model.features()).hasValue((TOKENS + 1) * WIDTH);
            assertThat(model.classifierWeights()).isPresent().isEqualTo(open.classifierWeights());
            for (Pass each : List.of(served, pass)) {
                assertThat(each.features().rows()).isEqualTo(ROWS);
                assertThat(each.features().toArray())
                        .containsExactly(expected.features().toArray(), within(1e-5f));
            }
        }
    }

    /** What is learned stays good whatever the opened form comes to look like. */
    @Test
    void hasTheFingerprintOfTheFile() {
        byte[] bytes = transformer(2).toByteArray();
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        try (OnnxModel model = OnnxModel.load(bytes, "fixed.onnx", OnnxOptions.ofDefaults())) {
            assertThat(model.fingerprint())
                    .isEqualTo("%d-%08x-%s"
                            .formatted(
                                    bytes.length,
                                    checksum.getValue(),
                                    model.layout().fingerprint(model.source())));
        }
    }

    @Test
    void saysSo(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("fixed.onnx"), transformer(2).toByteArray());

        assertThat(OnnxModel.inspect(file, OnnxOptions.ofDefaults()).notes())
                .containsExactly("the file has a fixed batch of 2; it was opened, and batches of any size run");
    }

    @Test
    void namesTheNodeThatHoldsTheBatch() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 6);
        String norm = graph.node("LayerNormalization", List.of(x, graph.weights(6), graph.weights(6)));
        graph.output(graph.named("/mix/Add", "Add", List.of(norm, graph.weights(4, 6))));

        assertThatThrownBy(() -> load(fixed(graph.model(), 4)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "'small.onnx' has a fixed batch of 4; export the model with a dynamic batch axis: ")
                .hasMessageContaining("'/mix/Add'");
    }

    @Test
    void refusesConstantsThatHoldTheRows() {
        TestGraph graph = new TestGraph(17);
        String x = graph.input("x", 6);
        String norm = graph.node("LayerNormalization", List.of(x, graph.weights(6), graph.weights(6)));
        graph.output(graph.node("Gather", List.of(norm, graph.longs(0))));

        assertThatThrownBy(() -> load(fixed(graph.model(), 1)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("with an open one it answers otherwise");
    }
}
