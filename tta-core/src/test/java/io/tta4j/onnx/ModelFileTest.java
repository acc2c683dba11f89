package io.tta4j.onnx;

import static io.tta4j.onnx.SmallModels.CLASSES;
import static io.tta4j.onnx.SmallModels.FEATURES;
import static io.tta4j.onnx.SmallModels.batch;
import static io.tta4j.onnx.SmallModels.classifier;
import static io.tta4j.onnx.SmallModels.load;
import static io.tta4j.onnx.SmallModels.originalOutput;
import static io.tta4j.onnx.SmallModels.seed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.onnx.graph.TestGraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading model files, and the weights that lie beside them. */
class ModelFileTest {

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
}
