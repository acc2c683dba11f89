package io.tta4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.examples.WrapAPredictor.Accuracy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrapAPredictorTest {

    /** It gains where the drift is strong, and loses next to nothing where there is none. */
    @Test
    void adaptsToTheDrift() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        List<Accuracy> accuracies;
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            accuracies = WrapAPredictor.run(512, out);
        }
        assertThat(accuracies).extracting(Accuracy::stretch).isEqualTo(WrapAPredictor.STREAM);
        for (Accuracy accuracy : accuracies) {
            int severity = accuracy.stretch().severity();
            double gain = accuracy.adapted() - accuracy.source();
            assertThat(gain).as(accuracy.toString()).isGreaterThan(severity == 5 ? 1.5 : -1);
            assertThat(accuracy.source()).isGreaterThan(severity == 0 ? 98 : 50);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .hasSize(1 + WrapAPredictor.STREAM.size())
                .element(5)
                .asString()
                .matches("impulse_noise, severity 5 +\\d+\\.\\d +\\d+\\.\\d");
    }
}
