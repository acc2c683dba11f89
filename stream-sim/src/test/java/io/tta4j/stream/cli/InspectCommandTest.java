package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import io.tta4j.stream.data.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class InspectCommandTest {

    private static final Path SHARED = Path.of(System.getProperty("tta4j.root", ".."), "..", "shared");

    @TempDir
    private Path folder;

    @Test
    void saysWhatThereIsToAdapt() throws IOException {
        Path model = Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());

        Outcome outcome = Outcome.of("inspect", model.toString());

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("image FLOAT32[N, 3, 2, 2]", "3 classes", "1, with 12 parameters", "independent:")
                .containsPattern("norm +layer norm +6");
    }

    @Test
    void saysWhichFeaturesThereAre() throws IOException {
        String model =
                Files.write(folder.resolve("net.onnx"), TinyOnnx.logits()).toString();

        assertThat(Outcome.of("inspect", model).out()).doesNotContain("features");
        assertThat(Outcome.of("inspect", model, "--features", "auto").out())
                .containsPattern("features +active, 6 values a sample");
        assertThat(Outcome.of("inspect", model, "--features", "hidden").out())
                .containsPattern("features +hidden, 6 values a sample");
        Outcome unknown = Outcome.of("inspect", model, "--features", "normalized");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err())
                .contains("'net.onnx': features must be a tensor", "'normalized' is none; near it are [normalised, ");
        assertThat(Outcome.of("inspect", model, "--features", "image").err())
                .contains("[N, D], but tensor 'image' is [N, 3, 2, 2]", "such as [active, normalised, hidden, flat]");
    }

    @Test
    void saysItAllEvenWhereAnOperatorHasNoRule() throws IOException {
        Path model = Files.write(folder.resolve("net.onnx"), TinyOnnx.model("Hardmax", "Identity"));

        Outcome outcome = Outcome.of("inspect", model.toString());

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).contains("with 12 parameters", "Hardmax");
    }

    static Stream<Arguments> networksThatCannotBeAdapted() {
        return Stream.of(
                Arguments.of(
                        TinyOnnx.with(graph ->
                                graph.getNodeBuilder(3).setDomain("acme").setOpType("Warp")),
                        "acme.Warp node '/act/Relu' is of domain 'acme', which ONNX Runtime does not know"),
                Arguments.of(TinyOnnx.with(graph -> graph.getNodeBuilder(3).setOpType("Warp")), "Warp"),
                Arguments.of(
                        TinyOnnx.with(graph -> TinyOnnx.quantizeBehindTheNorm(graph)),
                        "QuantizeLinear node '/quantize' lies between a norm layer and the logits and has no gradient"
                                + " rule; it computes in integers: adapt the float model that was quantised"),
                Arguments.of(
                        TinyOnnx.with(graph -> graph.getNodeBuilder(3).setOpType("Sign")),
                        "no gradient flows from the logits 'output' back to a norm layer: Sign node '/act/Relu' hands on"
                                + " none"),
                Arguments.of(
                        TinyOnnx.with(graph -> graph.getNodeBuilder(2)
                                .setOpType("Identity")
                                .clearAttribute()
                                .clearInput()
                                .addInput("hidden")),
                        "there is no norm layer"));
    }

    @ParameterizedTest
    @MethodSource("networksThatCannotBeAdapted")
    void saysWhyANetworkCannotBeAdapted(byte[] file, String reason) throws IOException {
        Path model = Files.write(folder.resolve("net.onnx"), file);

        Outcome outcome = Outcome.of("inspect", model.toString());

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(reason);
    }

    @Test
    void takesTheLogitsAndOpenExtentsThatItIsTold() throws IOException {
        byte[] file = TinyOnnx.with(graph -> {
            graph.addOutput(ValueInfoProto.newBuilder().setName("hidden"));
            graph.getInputBuilder(0)
                    .getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilder(2)
                    .setDimParam("height");
        });
        String model = Files.write(folder.resolve("net.onnx"), file).toString();

        assertThat(Outcome.of("inspect", model).err())
                .contains("input 'image' leaves axis 2 open ('height')", "--shape image=");
        assertThat(Outcome.of("inspect", model, "--shape", "image=3x2x2").err())
                .contains(
                        "the logits must be one of the outputs [output, hidden], but were to be 'logits'", "--logits");
        assertThat(Outcome.of("inspect", model, "--shape", "image=3x2").err())
                .contains("has 3 axes behind the batch, but extents are given for 2");
        assertThat(Outcome.of("inspect", model, "--shape", "image=3xtwo").err())
                .contains("--shape must be an input and its extents");
        Outcome outcome = Outcome.of("inspect", model, "--shape", "image=3x2x2", "--logits", "output");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("image FLOAT32[N, 3, 2, 2]", "output, 3 classes");
    }

    @Test
    void theGradientOfABatchIsTheMeanOfThoseOfItsSamples() throws IOException {
        Path model = Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        float[] images = new float[2 * 12];
        for (int i = 0; i < images.length; i++) {
            images[i] = (i * 7 % 11) / 11f;
        }
        write("both.npy", NpyArray.of(images, 2, 3, 2, 2));
        write("first.npy", NpyArray.of(Arrays.copyOf(images, 12), 1, 3, 2, 2));
        write("second.npy", NpyArray.of(Arrays.copyOfRange(images, 12, 24), 1, 3, 2, 2));

        try (NpzFile both = gradient(model, "both");
                NpzFile first = gradient(model, "first");
                NpzFile second = gradient(model, "second")) {
            assertThat(both.names()).containsExactly("norm.weight", "norm.bias", "logits", "sample_gradient_norm");
            assertThat(both.array("logits").shape()).containsExactly(2, 3);
            double squares = 0;
            for (String name : new String[] {"norm.weight", "norm.bias"}) {
                float[] mean = both.array(name).floats();
                float[] one = first.array(name).floats();
                float[] other = second.array(name).floats();
                for (int i = 0; i < mean.length; i++) {
                    assertThat(mean[i]).isCloseTo((one[i] + other[i]) / 2, within(1e-6f));
                    squares += (double) one[i] * one[i];
                }
            }
            assertThat(both.array("sample_gradient_norm").floats()[0])
                    .isCloseTo((float) Math.sqrt(squares), within(1e-6f));
        }
    }

    @Test
    void bytesAreImagesThatGoThroughThePreprocessing() throws IOException {
        Path model = Files.write(folder.resolve("net.onnx"), TinyOnnx.logits());
        byte[] pixels = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};
        float[] planes = new float[12];
        for (int i = 0; i < 12; i++) {
            planes[i % 3 * 4 + i / 3] = pixels[i] / 255f;
        }
        write("bytes.npy", NpyArray.of(pixels, 1, 2, 2, 3));
        write("floats.npy", NpyArray.of(planes, 1, 3, 2, 2));

        try (NpzFile bytes = gradient(model, "bytes");
                NpzFile floats = gradient(model, "floats")) {
            assertThat(bytes.array("logits").floats())
                    .isEqualTo(floats.array("logits").floats());
        }
    }

    /** The reference was made with PyTorch; see the README beside it. */
    @ParameterizedTest
    @CsvSource({"resnet20-gn", "resnet20-gn-opset17", "vit-ln", "vit-ln-opset17"})
    void agreesWithTheReferenceGradients(String model) throws IOException {
        Path reference = SHARED.resolve("parity/gradient-" + model.replace("-opset17", "") + ".npz");
        assumeTrue(Files.exists(reference), "skipped: there is no " + reference);
        NpyArray images = NpyFile.read(SHARED.resolve("cifar10/severity5/gaussian_noise.npy"));
        byte[] batch = new byte[64 * 32 * 32 * 3];
        images.bytes().get(batch);
        write("batch.npy", NpyArray.of(batch, 64, 32, 32, 3));

        try (NpzFile expected = NpzFile.open(reference);
                NpzFile actual = gradient(SHARED.resolve("models/" + model + ".onnx"), "batch")) {
            double whole = 0;
            for (String name : expected.names()) {
                if (name.endsWith(".weight") || name.endsWith(".bias")) {
                    whole += square(expected.array(name).floats());
                }
            }
            for (String name : expected.names()) {
                if (name.endsWith(".weight") || name.endsWith(".bias")) {
                    float[] wanted = expected.array(name).floats();
                    double scale = Math.max(Math.sqrt(square(wanted)), 1e-5 * Math.sqrt(whole));
                    assertThat(distance(actual.array(name).floats(), wanted))
                            .as(name)
                            .isLessThan(1e-3 * scale);
                }
            }
            float[] norms = actual.array("sample_gradient_norm").floats();
            double[] wanted = expected.array("sample_gradient_norm").doubles();
            for (int i = 0; i < wanted.length; i++) {
                assertThat((double) norms[i]).isCloseTo(wanted[i], within(0.01 * wanted[i]));
            }
        }
    }

    private NpzFile gradient(Path model, String batch) throws IOException {
        Path out = folder.resolve(batch + "-gradient.npz");
        Outcome outcome = Outcome.of(
                "inspect",
                model.toString(),
                "--gradient",
                folder.resolve(batch + ".npy").toString(),
                "--out",
                out.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        return NpzFile.open(out);
    }

    private static double square(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static double distance(float[] a, float[] b) {
        float[] difference = a.clone();
        for (int i = 0; i < a.length; i++) {
            difference[i] -= b[i];
        }
        return Math.sqrt(square(difference));
    }

    private void write(String name, NpyArray array) throws IOException {
        NpyFile.write(folder.resolve(name), array);
    }
}
