package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.data.NpzFile;
import io.tta4j.stream.demo.TexturedShapes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands run a model on the engine for what its file holds; here the demo's network, which is there for both. */
final class EngineChoiceTest {

    private static final int IMAGES = 20;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeInputs() throws IOException {
        for (String ending : new String[] {"onnx", "pt"}) {
            try (InputStream in = TexturedShapes.class.getResourceAsStream("textured-shapes-resnet-gn." + ending)) {
                // Names say nothing of what is inside.
                Files.copy(Objects.requireNonNull(in), folder.resolve(ending + ".model"));
            }
        }
        byte[] pixels = new byte[IMAGES * 32 * 32 * 3];
        new Random(4).nextBytes(pixels);
        NpyFile.write(folder.resolve("fog.npy"), NpyArray.of(pixels, IMAGES, 32, 32, 3));
        NpyFile.write(folder.resolve("labels.npy"), NpyArray.of(new byte[IMAGES], IMAGES));
    }

    @Test
    void bothEnginesFindTheSameNormLayers() {
        Outcome onnx = Outcome.of("inspect", model("onnx"));
        Outcome djl = Outcome.of("inspect", model("pt"));

        assertThat(djl.err()).isEmpty();
        assertThat(djl.exitCode()).isZero();
        assertThat(djl.out()).contains("FLOAT32[N, 3, 32, 32]", "10 classes", "independent:");
        assertThat(normLayers(djl)).startsWith("norm layers   7, with").isEqualTo(normLayers(onnx));
    }

    private static String normLayers(Outcome inspected) {
        return inspected.out().substring(inspected.out().indexOf("norm layers"));
    }

    @Test
    void bothEnginesComputeTheSameGradient() throws IOException {
        try (NpzFile expected = gradient("onnx");
                NpzFile actual = gradient("pt")) {
            assertThat(actual.names()).isEqualTo(expected.names());
            for (String name : expected.names()) {
                float[] wanted = expected.array(name).floats();
                float[] found = actual.array(name).floats();
                double largest = 0;
                for (float value : wanted) {
                    largest = Math.max(largest, Math.abs(value));
                }
                assertThat(found).as(name).containsExactly(wanted, within((float) (1e-3 * largest + 1e-6)));
            }
        }
    }

    private NpzFile gradient(String model) throws IOException {
        String out = folder.resolve(model + ".npz").toString();
        String batch = folder.resolve("fog.npy").toString();
        Outcome outcome = Outcome.of("inspect", model(model), "--gradient", batch, "--out", out);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        return NpzFile.open(Path.of(out));
    }

    @ParameterizedTest
    @CsvSource({"onnx, onnx", "pt, djl"})
    void replaySaysWhichEngineRan(String model, String engine) throws IOException {
        Path json = folder.resolve("out.json");

        Outcome outcome =
                Outcome.of("replay", "--model", model(model), "--data", folder.toString(), "--json", json.toString());

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        JsonNode facts =
                new ObjectMapper().readTree(json.toFile()).get("config").get("model");
        assertThat(facts.get("engine").asText()).isEqualTo(engine);
        assertThat(facts.get("normLayers").asInt()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "onnx, --engine, djl, must be a TorchScript file",
        "pt, --engine, onnx, is no ONNX model",
        "pt, --engine, tvm, 'engine must be one of [djl, onnx]'",
        "pt, --rows-per-pass, 8, 'the DJL engine, which takes no --rows-per-pass 8'",
        "pt, --logits, scores, 'the DJL engine, which takes no --logits scores'",
        "pt, --features, auto, 'must be an output beside the logits'",
        "pt, --provider, coreml, 'the DJL engine, which takes no --provider coreml'"
    })
    void saysWhatDoesNotGoWithAModel(String model, String option, String value, String message) {
        Outcome outcome = Outcome.of("inspect", model(model), option, value);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
    }

    private String model(String ending) {
        return folder.resolve(ending + ".model").toString();
    }
}
