package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.sar.CosineBound;
import io.tta4j.sar.ReferenceImages;
import io.tta4j.sar.ReferenceTrace;
import io.tta4j.sar.Sar;
import io.tta4j.sar.SarConfig;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RSGS on real networks: ten steps against traces of PyTorch, with GSAM's decomposition as its authors give it, over
 * both exporters' files and TorchScript; and beside SAR.
 */
class RsgsParityTest {

    private static final double LEARNING_RATE = 0.005;

    private static final Rsgs RSGS = Rsgs.of(RsgsConfig.custom()
            .alpha(1)
            .sar(sar -> sar.learningRate(LEARNING_RATE)
                    .momentum(0.9)
                    .rho(0.05)
                    .margin(0.4 * Math.log(10))
                    .resetThreshold(0)
                    .redundancy(CosineBound.NONE)
                    .sourceMomentum(1)
                    .layers("all"))
            .build());

    private static ReferenceTrace trace(String name) {
        ReferenceTrace trace = ReferenceTrace.read(name);
        assertThat(trace.countsReliableSamplesAgain()).isTrue();
        return trace;
    }

    @ParameterizedTest
    @CsvSource({
        "rsgs-resnet, resnet20-gn.onnx",
        "rsgs-resnet, resnet20-gn-opset17.onnx",
        "rsgs-resnet, resnet20-gn.pt",
        "rsgs-vit, vit-ln.onnx",
        "rsgs-vit, vit-ln-opset17.onnx",
        "rsgs-vit, vit-ln.pt",
    })
    void takesEachStepOfTheReferenceTrace(String name, String network) {
        trace(name).assertEachStepFollowedBy(RSGS, network, LEARNING_RATE);
    }

    /**
     * The ResNet's trace does not fix its tenth logits to 5e-4: inputs of a ReLU within rounding of zero fall on either
     * side of it, and steps five times as long as SAR's carry that on. Where the source's parameters are moved by one
     * unit in the last place, both engines end between 6.5e-4 and 2.8e-3 from the trace, and most often on the same
     * numbers, 6.5e-4 from it.
     */
    @ParameterizedTest
    @CsvSource({
        "rsgs-resnet, resnet20-gn.onnx, 1e-3",
        "rsgs-resnet, resnet20-gn-opset17.onnx, 1e-3",
        "rsgs-resnet, resnet20-gn.pt, 1e-3",
        "rsgs-vit, vit-ln.onnx, 5e-4",
        "rsgs-vit, vit-ln-opset17.onnx, 5e-4",
        "rsgs-vit, vit-ln.pt, 5e-4",
    })
    void followsTheReferenceTrace(String name, String network, double logits) {
        trace(name).assertFollowedBy(RSGS, network, logits);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet20-gn.onnx, source",
        "resnet20-gn.pt, source",
        "vit-ln.onnx, source",
        "resnet20-bn.onnx, batch",
    })
    void withoutAlphaItIsSarBitForBit(String network, String statistics) {
        Consumer<SarConfig.Builder> settings = config -> config.learningRate(0.005)
                .rho(0.05)
                .margin(0.4 * Math.log(10))
                .resetThreshold(0)
                .statistics(statistics);
        SarConfig.Builder config = SarConfig.custom();
        settings.accept(config);
        Sar sar = Sar.of(config.build());
        Rsgs rsgs = Rsgs.of(RsgsConfig.custom().alpha(0).sar(settings).build());
        ReferenceImages images = ReferenceImages.read();
        try (AdaptableModel loaded = ReferenceImages.network(network)) {
            AdaptableModel model = loaded.withStatistics(Statistics.parse("statistics", statistics));
            State expected = sar.initial(model);
            State state = rsgs.initial(model);
            for (int k = 0; k < 4; k++) {
                try (Pass pass = model.forward(images.batch(model, k), expected.theta())) {
                    expected = sar.adapt(model, pass, expected).state();
                }
                try (Pass pass = model.forward(images.batch(model, k), state.theta())) {
                    state = rsgs.adapt(model, pass, state).state();
                }
                assertThat(state).isEqualTo(expected);
            }
            assertThat(state.theta()).isNotEqualTo(model.source());
        }
    }
}
