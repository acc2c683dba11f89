package io.tta4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.Adaptation;
import io.tta4j.method.State;
import io.tta4j.model.Pass;
import io.tta4j.onnx.OnnxModel;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedShareSarTest {

    /** A sixth of five samples is one: ceil(5 / 6). */
    @ParameterizedTest
    @CsvSource({"0, 0", "0.16666667, 1", "0.5, 3", "1, 5"})
    void theFirstRowsAreReliableInBothPasses(double share, int expected) {
        Path demo = Path.of(System.getProperty("tta4j.root", "..")).resolve(StepBenchmark.DEMO);
        try (OnnxModel model = OnnxModel.load(demo);
                Pass pass = model.forward(Images.random(model, 5, 0), model.source())) {
            Adaptation adaptation = new FixedShareSar(share).adapt(model, pass, State.of(model.source()));
            assertThat(adaptation.report().reliable()).isEqualTo(expected);
            assertThat(adaptation.report().adaptedSamples()).isEqualTo(expected);
        }
    }
}
