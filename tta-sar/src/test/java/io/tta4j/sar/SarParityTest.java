package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tta4j.djl.DjlModel;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Tensor;
import io.tta4j.onnx.OnnxModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten steps of SAR and Tent against traces of the authors' PyTorch code, over both exporters' files of a group-norm
 * ResNet, a batch-norm ResNet on batch statistics and a layer-norm ViT, and over TorchScript of those whose statistics
 * stay.
 */
class SarParityTest {

    private static final int BATCH = 64;
    private static final int STEPS = 10;
    private static final int CHANNELS = 3;
    private static final int PIXELS = 32 * 32;

    /** In every logit. */
    private static final double LOGITS = 5e-4;

    /** In the distance to the reference, over the distance that the reference has moved. */
    private static final double THETA = 0.01;

    /** In nats. */
    private static final double LOSS_AVERAGE = 1e-4;

    @ParameterizedTest
    @CsvSource({
        "sar, sar-resnet, resnet20-gn.onnx",
        "sar, sar-resnet, resnet20-gn-opset17.onnx",
        "sar, sar-resnet, resnet20-gn.pt",
        "sar, sar-vit, vit-ln.onnx",
        "sar, sar-vit, vit-ln-opset17.onnx",
        "sar, sar-vit, vit-ln.pt",
        "sar, sar-resnet-bn, resnet20-bn.onnx",
        "sar, sar-resnet-bn, resnet20-bn-opset17.onnx",
        "tent, tent-resnet, resnet20-gn.onnx",
        "tent, tent-resnet, resnet20-gn-opset17.onnx",
        "tent, tent-resnet, resnet20-gn.pt",
    })
    void followsTheReferenceTrace(String name, String trace, String network) {
        Map<String, Npz.Array> reference = Npz.read(shared("parity/" + trace + ".npz"));
        int[] images =
                Npz.readArray(shared("cifar10/severity5/gaussian_noise.npy")).bytes();
        float[] logits = array(reference, "logits").floats();
        long[] reliable = array(reference, "reliable").longs();
        double[] lossAverage = array(reference, "loss_average").doubles();
        Method method =
                name.equals("sar") ? sar(network.contains("-bn") ? Statistics.BATCH : Statistics.SOURCE) : tent();

        double worstLogit = 0;
        double worstTheta = 0;
        double worstLossAverage = 0;
        long[] found = new long[STEPS];
        try (AdaptableModel loaded = load(network)) {
            AdaptableModel model = loaded.withStatistics(method.statistics());
            String input = input(model);
            State state = method.initial(model);
            assertThat(distance(model, state, reference, "source/"))
                    .as("the source parameters")
                    .isLessThan(1e-6);
            for (int k = 1; k <= STEPS; k++) {
                Adaptation adaptation;
                try (Pass pass = model.forward(batch(input, images, k - 1), state.theta())) {
                    worstLogit = Math.max(worstLogit, difference(pass.logits(), logits, k - 1));
                    adaptation = method.adapt(model, pass, state);
                }
                state = adaptation.state();
                double moved = distance(reference, "source/", "theta/" + k + "/");
                worstTheta = Math.max(worstTheta, distance(model, state, reference, "theta/" + k + "/") / moved);
                double average = state.scalar("lossAverage")
                        .orElse(adaptation.report().loss().orElse(Double.NaN));
                // Math.max passes NaN on, and NaN fails the comparison below.
                worstLossAverage = Math.max(worstLossAverage, Math.abs(average - lossAverage[k - 1]));
                found[k - 1] = adaptation.report().reliable();
            }
        }

        String worst = "%s, %s: worst logit %.2e (at most %.0e), theta %.2e (%.0e), loss average %.2e (%.0e)"
                .formatted(trace, network, worstLogit, LOGITS, worstTheta, THETA, worstLossAverage, LOSS_AVERAGE);
        System.out.println(worst);
        assertThat(found).as("reliable samples, %s", worst).containsExactly(reliable);
        assertThat(worstLogit).as(worst).isLessThanOrEqualTo(LOGITS);
        assertThat(worstTheta).as(worst).isLessThanOrEqualTo(THETA);
        assertThat(worstLossAverage).as(worst).isLessThanOrEqualTo(LOSS_AVERAGE);
    }

    /** The two engines beside each other, each from its own state. */
    @ParameterizedTest
    @ValueSource(strings = {"resnet20-gn", "vit-ln"})
    void takesTheSameStepsOnEitherEngine(String network) {
        int[] images =
                Npz.readArray(shared("cifar10/severity5/gaussian_noise.npy")).bytes();
        Method method = sar(Statistics.SOURCE);
        double worstLogit = 0;
        double worstTheta = 0;
        try (AdaptableModel onnx = load(network + ".onnx");
                AdaptableModel djl = load(network + ".pt")) {
            assertThat(djl.layout()).isEqualTo(onnx.layout());
            State there = method.initial(onnx);
            State here = method.initial(djl);
            for (int k = 0; k < STEPS; k++) {
                try (Pass expected = onnx.forward(batch(input(onnx), images, k), there.theta());
                        Pass pass = djl.forward(batch(input(djl), images, k), here.theta())) {
                    worstLogit = Math.max(
                            worstLogit,
                            difference(pass.logits(), expected.logits().toArray(), 0));
                    there = method.adapt(onnx, expected, there).state();
                    here = method.adapt(djl, pass, here).state();
                }
                double moved = there.theta().minus(onnx.source()).norm();
                worstTheta =
                        Math.max(worstTheta, here.theta().minus(there.theta()).norm() / moved);
            }
        }
        String worst = "%s, DJL beside ONNX: worst logit %.2e (at most %.0e), theta %.2e (%.0e)"
                .formatted(network, worstLogit, LOGITS, worstTheta, THETA);
        System.out.println(worst);
        assertThat(worstLogit).as(worst).isLessThanOrEqualTo(LOGITS);
        assertThat(worstTheta).as(worst).isLessThanOrEqualTo(THETA);
    }

    private static AdaptableModel load(String network) {
        Path file = shared("models/" + network);
        return network.endsWith(".pt") ? DjlModel.load(file) : OnnxModel.load(file);
    }

    private static String input(AdaptableModel model) {
        return model.inputs().get(0).name();
    }

    private static Sar sar(Statistics statistics) {
        return Sar.of(SarConfig.custom()
                .learningRate(0.001)
                .momentum(0.9)
                .rho(0.05)
                .margin(0.4 * Math.log(10))
                .resetThreshold(0)
                .layers("all")
                .statistics(statistics)
                .build());
    }

    private static Tent tent() {
        return Tent.of(TentConfig.custom()
                .learningRate(0.001)
                .momentum(0.9)
                .layers("all")
                .build());
    }

    private static Path shared(String file) {
        Path path = Path.of(System.getProperty("tta4j.root", ".."), "..", "shared", file)
                .toAbsolutePath()
                .normalize();
        assumeTrue(Files.exists(path), "skipped: the reference traces need ../shared/" + file + ", which is not there");
        return path;
    }

    private static Npz.Array array(Map<String, Npz.Array> arrays, String name) {
        Npz.Array array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("there must be an array " + name + ", but there is not");
        }
        return array;
    }

    /** The k-th batch: uint8 HWC to float CHW in 0..1. */
    private static Batch batch(String input, int[] images, int k) {
        float[] values = new float[BATCH * CHANNELS * PIXELS];
        int start = k * values.length;
        for (int i = 0; i < BATCH; i++) {
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                for (int channel = 0; channel < CHANNELS; channel++) {
                    values[(i * CHANNELS + channel) * PIXELS + pixel] =
                            images[start + (i * PIXELS + pixel) * CHANNELS + channel] / 255f;
                }
            }
        }
        return Batch.of(input, Tensor.of(values, BATCH, CHANNELS, 32, 32));
    }

    private static double difference(Matrix logits, float[] reference, int k) {
        float[] found = logits.toArray();
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            worst = Math.max(worst, Math.abs(found[i] - reference[k * found.length + i]));
        }
        return worst;
    }

    /** The distance of theta to the reference, over all parameters. */
    private static double distance(AdaptableModel model, State state, Map<String, Npz.Array> reference, String prefix) {
        Map<String, float[]> parameters = model.layout().named(state.theta());
        assertThat(parameters.keySet())
                .as("the parameters of the reference")
                .containsExactlyInAnyOrderElementsOf(reference.keySet().stream()
                        .filter(name -> name.startsWith(prefix))
                        .map(name -> name.substring(prefix.length()))
                        .toList());
        return Math.sqrt(parameters.entrySet().stream()
                .mapToDouble(parameter -> squaredDistance(
                        parameter.getValue(),
                        array(reference, prefix + parameter.getKey()).floats()))
                .sum());
    }

    private static double distance(Map<String, Npz.Array> reference, String from, String to) {
        return Math.sqrt(reference.keySet().stream()
                .filter(name -> name.startsWith(from))
                .mapToDouble(name -> squaredDistance(
                        array(reference, name).floats(),
                        array(reference, to + name.substring(from.length())).floats()))
                .sum());
    }

    private static double squaredDistance(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum;
    }
}
