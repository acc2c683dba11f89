package io.tta4j.onnx;

import static io.tta4j.onnx.graph.TestGraph.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxOptions.Insertion;
import io.tta4j.onnx.graph.TestGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scales and shifts behind convolutions of networks without norm layers. */
class InsertionTest {

    private static final int ROWS = 3;
    private static final int SIDE = 4;
    private static final int CHANNELS = 2;

    private final TestGraph graph = new TestGraph(17);
    private final String x = graph.input("x", CHANNELS, SIDE, SIDE);

    private String convolution(String path, String input, int outputs, int inputs, int kernel) {
        return convolution(path, input, graph.weights(outputs, inputs, kernel, kernel), kernel);
    }

    private String convolution(String path, String input, String weights, int kernel) {
        return graph.named(
                "/" + path + "/Conv",
                "Conv",
                List.of(input, weights),
                integers("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2));
    }

    private OnnxModel loadWithHead(String features, int channels, Insertion insertion) {
        String pooled = graph.node("Flatten", List.of(graph.node("GlobalAveragePool", List.of(features))));
        graph.output(graph.node("Gemm", List.of(pooled, graph.weights(channels, 3), graph.weights(3))));
        return load(insertion);
    }

    private OnnxModel load(Insertion insertion) {
        return OnnxModel.load(
                graph.model().toByteArray(),
                "small.onnx",
                OnnxOptions.custom().insertion(insertion).build());
    }

    private static Batch batch() {
        float[] values = TestGraph.normal(new Random(5), ROWS * CHANNELS * SIDE * SIDE);
        return Batch.of("x", Tensor.of(values, ROWS, CHANNELS, SIDE, SIDE));
    }

    /** A layer on the way is a scale s and a shift t: the logits are linear in both where nothing bends them. */
    @Test
    void scalesAndShiftsEachChannel() {
        String first = convolution("first", x, 2, CHANNELS, 3);
        String pooled = graph.node("Flatten", List.of(graph.node("GlobalAveragePool", List.of(first))));
        float[] weights = {1, 2, 3, -1, 0.5f, 2};
        graph.output(graph.node("MatMul", List.of(pooled, graph.constant(weights, 2, 3))));
        float[] seed = TestGraph.normal(new Random(7), ROWS * 3);
        try (OnnxModel model = load(Insertion.AUTO);
                Pass source = model.forward(batch(), model.source());
                Pass moved = model.forward(batch(), Vector.of(2, -0.5f, 3, -1))) {
            assertThat(model.layout().layers())
                    .extracting(NormLayer::name, NormLayer::kind, NormLayer::width)
                    .containsExactly(tuple("first.inserted", NormKind.INSERTED, 2));
            assertThat(model.source()).isEqualTo(Vector.of(1, 1, 0, 0));
            // The two channels' means, from the logits: w is 2 x 3 of full rank.
            double[] gradient = new double[4];
            for (int row = 0; row < ROWS; row++) {
                float[] z = source.logits().row(row);
                double b = (2 * z[0] - z[1]) / (2 * -1 - 0.5);
                double a = z[0] + b;
                double[] expected = new double[3];
                for (int k = 0; k < 3; k++) {
                    expected[k] = (2 * a + 3) * weights[k] + (-0.5 * b - 1) * weights[3 + k];
                    assertThat((double) moved.logits().row(row)[k]).isCloseTo(expected[k], within(1e-4));
                    gradient[0] += seed[row * 3 + k] * weights[k] * a;
                    gradient[1] += seed[row * 3 + k] * weights[3 + k] * b;
                    gradient[2] += seed[row * 3 + k] * weights[k];
                    gradient[3] += seed[row * 3 + k] * weights[3 + k];
                }
            }
            float[] pulled = moved.pullback(Matrix.of(ROWS, 3, seed)).toArray();
            for (int i = 0; i < 4; i++) {
                assertThat((double) pulled[i]).isCloseTo(gradient[i], within(1e-4));
            }
        }
    }

    /** Not behind what has pooled, nor behind the classifier, nor behind what the logits do not depend on. */
    @Test
    void staysWithMapsInFrontOfTheClassifier() {
        String up = graph.named(
                "/up/ConvTranspose",
                "ConvTranspose",
                List.of(x, graph.weights(CHANNELS, 5, 2, 2)),
                integers("strides", 2, 2));
        String map = graph.node("Relu", List.of(convolution("stem", up, 4, 5, 3)));
        String gate = graph.node(
                "Sigmoid", List.of(convolution("gate", graph.node("GlobalAveragePool", List.of(map)), 4, 4, 1)));
        String gated = graph.node("Mul", List.of(map, gate));
        convolution("dead", gated, 2, 4, 1);
        String scores = graph.node("Relu", List.of(convolution("classifier", gated, 3, 4, 1)));
        graph.output(graph.node("Flatten", List.of(graph.node("GlobalAveragePool", List.of(scores)))));

        try (OnnxModel model = load(Insertion.AUTO)) {
            assertThat(model.layout().layers())
                    .extracting(NormLayer::name, NormLayer::width)
                    .containsExactly(tuple("up.inserted", 5), tuple("stem.inserted", 4));
        }
    }

    @Test
    void givesAConvolutionThatIsCalledTwiceOneLayer() {
        String shared = graph.weights(2, CHANNELS, 3, 3);
        String first = graph.node("Relu", List.of(convolution("conv", x, shared, 3)));
        String second = graph.node("Relu", List.of(convolution("conv_1", first, shared, 3)));
        String third = convolution("conv_2", second, 2, 2, 3);

        try (OnnxModel model = loadWithHead(third, 2, Insertion.AUTO)) {
            assertThat(model.layout().layers())
                    .extracting(NormLayer::name)
                    .containsExactly("conv.inserted", "conv_2.inserted");
        }
    }

    /** What PyTorch's exporter leaves of a convolution that has swallowed a batch norm: the batch norm's scopes. */
    @Test
    void namesTheConvolutionAndNotTheBatchNormInIt() {
        String weights = graph.constant(
                "layer1.0.conv1.weight", TestGraph.normal(new Random(3), 2 * CHANNELS), 2, CHANNELS, 1, 1);
        NodeProto.Builder folded = NodeProto.newBuilder()
                .setName("node_Conv_303")
                .addMetadataProps(
                        StringStringEntryProto.newBuilder()
                                .setKey("pkg.torch.onnx.name_scopes")
                                .setValue(
                                        "['', 'layer1', 'layer1.0', 'layer1.0.norm1', '_native_batch_norm_legit_no_training']"));
        NodeProto.Builder plain = NodeProto.newBuilder()
                .setName("node_conv2d_1")
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey("pkg.torch.onnx.name_scopes")
                        .setValue("['', 'layer1', 'layer1.0', 'layer1.0.conv2', 'conv2d_1']"));
        String first = graph.node(folded, "Conv", List.of(x, weights));
        String second = graph.node(plain, "Conv", List.of(first, graph.weights(2, 2, 1, 1)));

        try (OnnxModel model = loadWithHead(second, 2, Insertion.AUTO)) {
            assertThat(model.layout().layers())
                    .extracting(NormLayer::name)
                    .containsExactly("layer1.0.conv1.inserted", "layer1.0.conv2.inserted");
        }
    }

    private String normed(String path, String input) {
        return graph.named(
                "/" + path + "/InstanceNormalization",
                "InstanceNormalization",
                List.of(input, graph.weights(2), graph.weights(2)));
    }

    @Test
    void leavesNetworksWithNormLayersAlone() {
        String map = normed("norm", convolution("a", convolution("b", x, 2, CHANNELS, 3), 2, 2, 3));

        try (OnnxModel model = loadWithHead(map, 2, Insertion.AUTO)) {
            assertThat(model.layout().layers()).extracting(NormLayer::name).containsExactly("norm");
        }
    }

    @Test
    void addsToNormLayersWhereAskedTo() {
        String map = normed("norm", convolution("b", convolution("a", x, 2, CHANNELS, 3), 2, 2, 3));
        String last = convolution("c", map, 2, 2, 3);

        try (OnnxModel model = loadWithHead(last, 2, Insertion.ALWAYS);
                Pass pass = model.forward(batch(), model.source());
                Pass served = model.serve(batch(), model.source())) {
            assertThat(model.layout().layers())
                    .extracting(NormLayer::name)
                    .containsExactly("a.inserted", "norm", "c.inserted");
            float[] logits = pass.logits().toArray();
            float[] original = served.logits().toArray();
            for (int i = 0; i < logits.length; i++) {
                assertThat(logits[i]).isCloseTo(original[i], within(1e-5f));
            }
            assertThat(pass.pullback(Matrix.of(ROWS, 3, original)).norm()).isPositive();
        }
    }

    @Test
    void addsInFrontOfANormLayerThatABranchGoesAround() {
        String map = convolution("a", x, 2, CHANNELS, 3);
        String sum = graph.node("Add", List.of(normed("norm", map), map));

        try (OnnxModel model = loadWithHead(sum, 2, Insertion.ALWAYS)) {
            assertThat(model.layout().layers()).extracting(NormLayer::name).containsExactly("a.inserted", "norm");
        }
    }

    @Test
    void hasNoStatistics() {
        try (OnnxModel model = loadWithHead(convolution("a", x, 2, CHANNELS, 3), 2, Insertion.AUTO)) {
            assertThat(model.samplesIndependent()).isTrue();
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.withStatistics(Statistics.BATCH))
                    .withMessageContaining("its norm layers are: inserted; where batch norm was folded");
        }
    }

    @Test
    void saysWhatIsLost(@TempDir Path folder) throws IOException {
        String pooled = graph.node(
                "Flatten", List.of(graph.node("GlobalAveragePool", List.of(convolution("a", x, 2, CHANNELS, 3)))));
        graph.output(graph.node("MatMul", List.of(pooled, graph.weights(2, 3))));
        Path file = Files.write(folder.resolve("small.onnx"), graph.model().toByteArray());

        assertThat(OnnxModel.inspect(file, OnnxOptions.ofDefaults()).notes())
                .singleElement()
                .asString()
                .contains("were inserted behind them, 1 times")
                .contains("most of what adaptation gains", "optimize=False");
    }

    @Test
    void saysThatItMustNotInsert() {
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> loadWithHead(convolution("a", x, 2, CHANNELS, 3), 2, Insertion.NEVER))
                .withMessageContaining("there is no norm layer")
                .withMessageContaining("layers must not be inserted");
    }

    @Test
    void saysWhyNothingCouldBeInserted() {
        String gate = convolution("gate", graph.node("GlobalAveragePool", List.of(x)), 4, CHANNELS, 1);

        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> loadWithHead(gate, 4, Insertion.AUTO))
                .withMessageContaining("Conv node '/gate/Conv' puts out a single position, of shape [N, 4, 1, 1]");
    }

    @Test
    void saysThatThereIsNoConvolution() {
        String flat = graph.node("Flatten", List.of(x));
        graph.output(graph.node("MatMul", List.of(flat, graph.weights(32, 3))));

        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> load(Insertion.AUTO))
                .withMessageContaining("there is no norm layer")
                .withMessageContaining("there is no Conv behind which one could be inserted");
    }

    @Test
    void insertsBesideNormLayersWhereTheExporterNotesAFoldedBatchNorm() {
        String plain = convolution("plain", x, 2, CHANNELS, 1);
        String folded = graph.node(
                NodeProto.newBuilder()
                        .addMetadataProps(StringStringEntryProto.newBuilder()
                                .setKey("pkg.torch.onnx.name_scopes")
                                .setValue("['', 'stem', 'stem.bn', '_native_batch_norm_legit_no_training']")),
                "Conv",
                List.of(plain, graph.weights(2, 2, 1, 1)));
        String flat = graph.node("Flatten", List.of(graph.node("GlobalAveragePool", List.of(folded))));
        String normalized = graph.named(
                "/norm/LayerNormalization", "LayerNormalization", List.of(flat, graph.weights(2), graph.weights(2)));
        graph.output(graph.node("MatMul", List.of(normalized, graph.weights(2, 3))));

        try (OnnxModel model = load(Insertion.AUTO)) {
            assertThat(model.layout().layers())
                    .extracting(NormLayer::kind)
                    .containsExactly(NormKind.INSERTED, NormKind.LAYER);
        }
        try (OnnxModel model = load(Insertion.NEVER)) {
            assertThat(model.layout().layers()).extracting(NormLayer::kind).containsExactly(NormKind.LAYER);
        }
    }
}
