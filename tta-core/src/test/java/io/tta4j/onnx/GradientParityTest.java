package io.tta4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gradient of the mean softmax entropy, against PyTorch's, over trained networks from both exporters. */
class GradientParityTest {

    private static final int ROWS = 64;
    private static final int SIDE = 32;
    private static final int CHANNELS = 3;

    @ParameterizedTest
    @CsvSource({
        "resnet20-gn, resnet20-gn",
        "resnet20-gn-opset17, resnet20-gn",
        "vit-ln, vit-ln",
        "vit-ln-opset17, vit-ln",
        "resnet20-bn, resnet20-bn",
        "resnet20-bn-opset17, resnet20-bn"
    })
    void agreesWithTheReference(String network, String reference) throws IOException {
        Path shared = Path.of(System.getProperty("tta4j.root", ".")).resolveSibling("shared");
        Path file = shared.resolve("models").resolve(network + ".onnx");
        assumeTrue(Files.exists(file), () -> "no reference networks in " + shared + ": parity is not checked");
        Map<String, double[]> expected = Npz.read(shared.resolve("parity/gradient-" + reference + ".npz"));
        try (OnnxModel model = OnnxModel.load(file);
                Pass pass = model.forward(images(model, shared), model.source())) {
            Matrix perSample = entropyGradient(pass.logits());
            float[] mean = perSample.toArray();
            for (int i = 0; i < mean.length; i++) {
                mean[i] /= ROWS;
            }
            assertThat(largestDifference(pass.logits().toArray(), Objects.requireNonNull(expected.remove("logits"))))
                    .as("logits")
                    .isLessThan(5e-4);

            double[] norms = Objects.requireNonNull(expected.remove("sample_gradient_norm"));
            Matrix rows = pass.samplePullback(perSample);
            for (int row = 0; row < ROWS; row++) {
                double norm = Vector.of(rows.row(row)).norm();
                assertThat(norm).as("gradient of sample %d", row).isCloseTo(norms[row], within(0.01 * norms[row]));
            }

            expected.remove("entropy");
            double whole = Math.sqrt(expected.values().stream()
                    .mapToDouble(GradientParityTest::squares)
                    .sum());
            Map<String, float[]> gradient =
                    model.layout().named(pass.pullback(Matrix.of(ROWS, mean.length / ROWS, mean)));
            assertThat(gradient).containsOnlyKeys(expected.keySet());
            for (Map.Entry<String, float[]> array : gradient.entrySet()) {
                double[] values = Objects.requireNonNull(expected.get(array.getKey()));
                double norm = Math.sqrt(squares(values));
                double error = distance(array.getValue(), values) / (norm < 1e-5 * whole ? whole : norm);
                assertThat(error).as(array.getKey()).isLessThan(1e-3);
            }
        }
    }

    /**
     * Batch norm that was folded into the convolutions: with scales gamma and shifts beta, what was inserted behind the
     * convolutions has ds = gamma dgamma + beta dbeta and dt = dbeta.
     */
    @Test
    void insertedLayersFollowFromTheBatchNormThatWasFolded() throws IOException {
        Path shared = Path.of(System.getProperty("tta4j.root", ".")).resolveSibling("shared");
        Path folded = shared.resolve("models/resnet20-bn-folded.onnx");
        assumeTrue(Files.exists(folded), () -> "no reference networks in " + shared + ": parity is not checked");
        Map<String, double[]> reference = Npz.read(shared.resolve("parity/gradient-resnet20-bn.npz"));
        Map<String, float[]> batchNorm;
        try (OnnxModel unfolded = OnnxModel.load(shared.resolve("models/resnet20-bn.onnx"))) {
            batchNorm = unfolded.layout().named(unfolded.source());
        }
        try (OnnxModel model = OnnxModel.load(folded);
                Pass pass = model.forward(images(model, shared), model.source())) {
            assertThat(model.samplesIndependent()).isTrue();
            float[] mean = entropyGradient(pass.logits()).toArray();
            for (int i = 0; i < mean.length; i++) {
                mean[i] /= ROWS;
            }
            Map<String, float[]> gradient =
                    model.layout().named(pass.pullback(Matrix.of(ROWS, mean.length / ROWS, mean)));
            Map<String, double[]> expected = new HashMap<>();
            for (NormLayer layer : model.layout().layers()) {
                assertThat(layer.kind()).isEqualTo(NormKind.INSERTED);
                String norm = layer.name().replace("conv", "norm").replace("down.0", "down.1");
                norm = norm.substring(0, norm.length() - ".inserted".length());
                double[] shift = Objects.requireNonNull(reference.get(norm + ".bias"), norm);
                double[] scale = Objects.requireNonNull(reference.get(norm + ".weight"));
                float[] gamma = Objects.requireNonNull(batchNorm.get(norm + ".weight"));
                float[] beta = Objects.requireNonNull(batchNorm.get(norm + ".bias"));
                double[] products = new double[scale.length];
                Arrays.setAll(products, i -> gamma[i] * scale[i] + beta[i] * shift[i]);
                expected.put(layer.name() + ".weight", products);
                expected.put(layer.name() + ".bias", shift);
            }
            assertThat(gradient).hasSize(42).containsOnlyKeys(expected.keySet());
            double whole = Math.sqrt(expected.values().stream()
                    .mapToDouble(GradientParityTest::squares)
                    .sum());
            gradient.forEach((name, values) -> {
                double[] there = Objects.requireNonNull(expected.get(name));
                double norm = Math.sqrt(squares(there));
                assertThat(distance(values, there) / (norm < 1e-5 * whole ? whole : norm))
                        .as(name)
                        .isLessThan(1e-3);
            });
        }
    }

    /** dH_i / dz_k = -p_k (log p_k + H_i). */
    private static Matrix entropyGradient(Matrix logits) {
        float[] seed = new float[logits.rows() * logits.columns()];
        for (int row = 0; row < logits.rows(); row++) {
            float[] z = logits.row(row);
            double largest = z[logits.argmax(row)];
            double total = 0;
            for (float value : z) {
                total += Math.exp(value - largest);
            }
            double entropy = 0;
            for (float value : z) {
                double log = value - largest - Math.log(total);
                entropy -= Math.exp(log) * log;
            }
            for (int k = 0; k < z.length; k++) {
                double log = z[k] - largest - Math.log(total);
                seed[row * z.length + k] = (float) (-Math.exp(log) * (log + entropy));
            }
        }
        return Matrix.of(logits.rows(), logits.columns(), seed);
    }

    /** uint8 [N, H, W, C] to float32 [N, C, H, W] in 0..1. */
    private static Batch images(OnnxModel model, Path shared) throws IOException {
        int pixels = SIDE * SIDE;
        byte[] stored = Npz.bytes(shared.resolve("cifar10/severity5/gaussian_noise.npy"), ROWS * pixels * CHANNELS);
        float[] planes = new float[stored.length];
        for (int i = 0; i < stored.length; i++) {
            int image = i / (pixels * CHANNELS);
            int pixel = i / CHANNELS % pixels;
            planes[(image * CHANNELS + i % CHANNELS) * pixels + pixel] = (stored[i] & 0xff) / 255f;
        }
        return Batch.of(model.inputs().get(0).name(), Tensor.of(planes, ROWS, CHANNELS, SIDE, SIDE));
    }

    private static double largestDifference(float[] values, double[] reference) {
        assertThat(values).hasSize(reference.length);
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs(values[i] - reference[i]));
        }
        return largest;
    }

    private static double squares(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return sum;
    }

    private static double distance(float[] values, double[] reference) {
        assertThat(values).hasSize(reference.length);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (values[i] - reference[i]) * (values[i] - reference[i]);
        }
        return Math.sqrt(sum);
    }
}
