package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.CLASSES;
import static io.tta4j.onnx.SmallModels.FEATURES;
import static io.tta4j.onnx.SmallModels.batch;
import static io.tta4j.onnx.SmallModels.classifier;
import static io.tta4j.onnx.SmallModels.load;
import static io.tta4j.onnx.SmallModels.moved;
import static io.tta4j.onnx.SmallModels.norm;
import static io.tta4j.onnx.SmallModels.originalOutput;
import static io.tta4j.onnx.SmallModels.seed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.engine.Features;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.onnx.graph.FileValues;
import io.tta4j.onnx.graph.TestGraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading model files, and the weights that lie beside them. */
class ModelFileTest {

    /** Six rows of it are larger than what is kept with the graph. */
    private static final int WIDE = 4096;

    @TempDir
    Path folder;

    private Path write(String name, ModelProto model) throws IOException {
        return Files.write(folder.resolve(name), model.toByteArray());
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

    /** One more output, and weights that lie where they lay. */
    @Test
    void handsOutFeaturesOfFilesOfAnyForm() throws IOException {
        ModelProto file = large();
        Path whole = write("large.onnx", file);
        Path external = write("external.onnx", external(file, "weights.bin", folder.resolve("weights.bin")));
        OnnxOptions options = OnnxOptions.custom().features(Features.AUTO).build();
        try (OnnxModel inMemory = OnnxModel.load(file.toByteArray(), "large.onnx", options);
                OnnxModel onDisk = OnnxModel.load(whole, options);
                OnnxModel beside = OnnxModel.load(external, options);
                Pass expected = inMemory.serve(batch(), inMemory.source())) {
            for (OnnxModel model : List.of(onDisk, beside)) {
                try (Pass source = model.serve(batch(), model.source());
                        Pass pass = model.forward(batch(), model.source())) {
                    assertThat(source.logits()).isEqualTo(originalOutput(file, batch()));
                    assertThat(source.features()).isEqualTo(expected.features());
                    assertThat(pass.features().toArray())
                            .containsExactly(expected.features().toArray(), within(1e-4f));
                    assertThat(model.classifierWeights()).isPresent().isEqualTo(inMemory.classifierWeights());
                }
            }
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

    // ---- large weights

    /** Weights large enough to stay in the file, one of them transposed as exporters leave it. */
    private static ModelProto large() {
        TestGraph graph = new TestGraph(17);
        String hidden = graph.node("MatMul", List.of(graph.input("x", FEATURES), graph.weights(FEATURES, WIDE)));
        String transposed = graph.node("Transpose", List.of(graph.weights(5, WIDE)));
        String normalized = norm(graph, "norm", graph.node("MatMul", List.of(hidden, transposed)));
        graph.output(graph.node("MatMul", List.of(normalized, graph.weights(5, CLASSES))));
        return graph.model();
    }

    @Test
    void givesTheSameWhetherWeightsAreInTheFileBesideItOrInMemory() throws IOException {
        ModelProto file = large();
        Path whole = write("large.onnx", file);
        Path external = write("external.onnx", external(file, "weights.bin", folder.resolve("weights.bin")));
        try (OnnxModel inMemory = load(file);
                OnnxModel onDisk = OnnxModel.load(whole);
                OnnxModel beside = OnnxModel.load(external);
                Pass expected = inMemory.forward(batch(), moved(inMemory.source()))) {
            for (OnnxModel model : List.of(onDisk, beside)) {
                try (Pass source = model.serve(batch(), model.source());
                        Pass pass = model.forward(batch(), moved(model.source()))) {
                    assertThat(source.logits()).isEqualTo(originalOutput(file, batch()));
                    assertThat(pass.logits()).isEqualTo(expected.logits());
                    assertThat(pass.pullback(seed())).isEqualTo(expected.pullback(seed()));
                    assertThat(pass.samplePullback(seed())).isEqualTo(expected.samplePullback(seed()));
                }
            }
        }
    }

    @Test
    void keepsNoWeightsInWhatItReads() throws IOException {
        ModelProto file = large();
        Path path = write("large.onnx", file);

        assertThat(ModelFile.at(path).read().getSerializedSize())
                .isLessThan(file.getSerializedSize() - 2 * FileValues.SMALLEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"external.onnx", "weights.bin"})
    void refusesToAdaptAFileThatChangedSinceItWasLoaded(String changed) throws IOException {
        ModelProto file = large();
        Path path = write("external.onnx", external(file, "weights.bin", folder.resolve("weights.bin")));
        try (OnnxModel model = OnnxModel.load(path)) {
            Path part = folder.resolve(changed);
            byte[] bytes = Files.readAllBytes(part);
            byte[] others = bytes.clone();
            others[bytes.length - 1] ^= 1;
            Files.write(folder.resolve("other"), others);
            Files.move(folder.resolve("other"), part, StandardCopyOption.REPLACE_EXISTING);

            assertThatThrownBy(() -> model.forward(batch(), model.source()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("'external.onnx' must stay as it is while the model is in use")
                    .hasMessageContaining("load the model again");
            try (Pass served = model.serve(batch(), model.source())) {
                assertThat(served.logits()).isEqualTo(originalOutput(file, batch()));
            }
            Files.write(part, bytes);
            try (Pass pass = model.forward(batch(), model.source())) {
                assertThat(pass.pullback(seed()).norm()).isPositive();
            }
        }
    }

    @Test
    void refusesAModelInMemoryWhoseWeightsAreNot() throws IOException {
        ModelProto model = external(classifier(logits -> logits), "weights.bin", folder.resolve("weights.bin"));

        assertThatThrownBy(() -> load(model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must hold all of its weights")
                .hasMessageContaining("load it from its path");
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
}
