package io.tta4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.ModelException;
import io.tta4j.model.NormLayer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnginesTest {

    @TempDir
    private Path folder;

    /** An archive's first four bytes; {@code ir_version}, which exporters write first; {@code producer_name}. */
    @ParameterizedTest
    @CsvSource({"model.onnx, 504b0304, djl", "model.pt, 08091207, onnx", "model, 12077079, onnx"})
    void goesByContentsAndNotByName(String name, String head, String engine) throws IOException {
        Path file = Files.write(folder.resolve(name), HexFormat.of().parseHex(head));

        assertThat(Engines.of(file).name()).isEqualTo(engine);
    }

    @ParameterizedTest
    @CsvSource({"7468, the bytes 74 68", "'', nothing: it is empty"})
    void saysWhatAFileMustBe(String head, String found) throws IOException {
        Path file = Files.write(folder.resolve("model.onnx"), HexFormat.of().parseHex(head));

        assertThatThrownBy(() -> Engines.of(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "'model.onnx' must be a TorchScript file (djl) or an ONNX file (onnx), but begins with "
                                + found);
    }

    @Test
    void listsTheEnginesThatThereAre() {
        assertThatThrownBy(() -> Engines.named("tvm"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("engine must be one of [djl, onnx], but was 'tvm'");
    }

    @Test
    void inspectsATorchScriptModule() {
        Inspection found = Engines.named("djl").inspect(module("small.pt"), LoadOptions.ofDefaults());

        assertThat(found.inputs()).singleElement().hasToString("FLOAT32[N, 2, 6, 6]");
        assertThat(found.classes()).isEqualTo(3);
        assertThat(found.parameters()).isEqualTo(16);
        assertThat(found.layout().layers()).extracting(NormLayer::name).containsExactly("first", "second");
        assertThat(found.obstacles()).isEmpty();
    }

    @Test
    void feedsAScriptedModuleAsItIsTold() {
        LoadOptions options = new LoadOptions(
                "cpu", 1, Map.of("image", List.of(2L, 6L, 6L)), Optional.empty(), true, 0, Features.NONE);

        try (InspectableModel model = Engines.named("djl").load(module("scripted.pt"), options)) {
            assertThat(model.inputs().get(0).name()).isEqualTo("image");
            assertThat(model.inputs()).singleElement().hasToString("FLOAT32[N, 2, 6, 6]");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tensorrt:1, '', 0, takes no --provider tensorrt:1: it runs on cpu and cuda[:N]",
        "cpu, scores, 0, takes no --logits scores: the first output is taken",
        "cpu, '', 8, takes no --rows-per-pass 8: a pass is over the whole batch"
    })
    void namesTheOptionThatTheDjlEngineDoesNotTake(String device, String logits, int rows, String message) {
        LoadOptions options = new LoadOptions(
                device, 0, Map.of(), Optional.of(logits).filter(name -> !name.isEmpty()), false, rows, Features.NONE);

        assertThatThrownBy(() -> Engines.named("djl").load(module("small.pt"), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'small.pt' runs on the DJL engine, which " + message);
    }

    private static Path module(String file) {
        try {
            return Path.of(Objects.requireNonNull(EnginesTest.class.getResource("/io/tta4j/djl/" + file), file)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(file, e);
        }
    }
}
