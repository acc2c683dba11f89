package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten steps of SAR and Tent against traces of the authors' PyTorch code, over both exporters' files of a group-norm
 * ResNet, a batch-norm ResNet on batch statistics and a layer-norm ViT, and over TorchScript of those whose statistics
 * stay.
 */
class SarParityTest {

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
        Statistics statistics = network.contains("-bn") ? Statistics.BATCH : Statistics.SOURCE;
        Method method = name.equals("sar") ? sar(statistics) : tent();

        ReferenceTrace.read(trace).assertFollowedBy(method, network);
    }

    /** The two engines beside each other, each from its own state. */
    @ParameterizedTest
    @ValueSource(strings = {"resnet20-gn", "vit-ln"})
    void takesTheSameStepsOnEitherEngine(String network) {
        ReferenceImages images = ReferenceImages.read();
        Method method = sar(Statistics.SOURCE);
        double worstLogit = 0;
        double worstTheta = 0;
        try (AdaptableModel onnx = ReferenceImages.network(network + ".onnx");
                AdaptableModel djl = ReferenceImages.network(network + ".pt")) {
            assertThat(djl.layout()).isEqualTo(onnx.layout());
            State there = method.initial(onnx);
            State here = method.initial(djl);
            for (int k = 0; k < ReferenceTrace.STEPS; k++) {
                try (Pass expected = onnx.forward(images.batch(onnx, k), there.theta());
                        Pass pass = djl.forward(images.batch(djl, k), here.theta())) {
                    worstLogit = Math.max(worstLogit, difference(pass.logits(), expected.logits()));
                    there = method.adapt(onnx, expected, there).state();
                    here = method.adapt(djl, pass, here).state();
                }
                double moved = there.theta().minus(onnx.source()).norm();
                worstTheta =
                        Math.max(worstTheta, here.theta().minus(there.theta()).norm() / moved);
            }
        }
        String worst = "%s, DJL beside ONNX: worst logit %.2e (at most %.0e), theta %.2e (%.0e)"
                .formatted(network, worstLogit, ReferenceTrace.LOGITS, worstTheta, ReferenceTrace.THETA);
        System.out.println(worst);
        assertThat(worstLogit).as(worst).isLessThanOrEqualTo(ReferenceTrace.LOGITS);
        assertThat(worstTheta).as(worst).isLessThanOrEqualTo(ReferenceTrace.THETA);
    }

    private static double difference(Matrix logits, Matrix expected) {
        float[] a = logits.toArray();
        float[] b = expected.toArray();
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs(a[i] - b[i]))
                .max()
                .orElseThrow();
    }

    private static Sar sar(Statistics statistics) {
        return Sar.of(SarConfig.published()
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
}
