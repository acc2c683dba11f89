package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.audit.AuditConfig;
import io.tta4j.audit.AuditReplay;
import io.tta4j.audit.AuditTrail;
import io.tta4j.audit.Rebuilt;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Settings;
import io.tta4j.method.State;
import io.tta4j.model.Batch;
import io.tta4j.sar.AuditedRun;
import io.tta4j.sar.LinearModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit trail of RSGS, and of CSFA with classes that come and go. */
class AuditTest {

    @TempDir
    private Path folder;

    private static Batch random(Random random) {
        float[][] logits = new float[16][5];
        for (float[] row : logits) {
            for (int k = 0; k < row.length; k++) {
                row[k] = (float) (2.5 * random.nextGaussian());
            }
        }
        return LinearModel.batch(logits);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rebuildsRsgs(boolean independent) throws IOException {
        LinearModel model =
                independent ? LinearModel.of(5, "a", "b", "c") : LinearModel.withInteractingSamples(5, "a", "b", "c");
        Map<String, String> settings = Map.of("learningRate", "0.05", "resetThreshold", "0.1", "alpha", "0.5");
        Rsgs rsgs = Rsgs.of(RsgsConfig.custom()
                .alpha(0.5)
                .sar(sar -> sar.learningRate(0.05).resetThreshold(0.1))
                .build());
        Random random = new Random(31);
        AuditedRun run;
        try (AuditTrail trail =
                AuditTrail.in(folder, AuditConfig.custom().settings(settings).build())) {
            run = AuditedRun.of(model, rsgs, trail);
            for (int k = 0; k < 80; k++) {
                run.take(random(random));
            }
        }

        assertThat(AuditReplay.of(folder).rebuild().states()).containsExactly(Map.entry("", run.state()));
        assertThat(run.resets()).isPositive();
    }

    /** Supports are embedded again in a step: by passes that the method makes of inputs in its state. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rebuildsCsfaWithClassesThatComeAndGo(boolean withSource) throws IOException {
        CsfaConfig.Builder config = CsfaConfig.custom().sar(sar -> sar.learningRate(0.01));
        if (withSource) {
            config.prototypes(Clouds.prototypes());
        }
        Csfa csfa = Csfa.of(config.build());
        State last;
        try (AuditTrail trail =
                AuditTrail.in(folder, AuditConfig.custom().partBytes(40_000).build())) {
            AdaptiveModel adaptive =
                    AdaptiveModel.builder(Clouds.model(), csfa).recorder(trail).build();
            for (int k = 0; k < 30; k++) {
                adaptive.predict(Clouds.batch(k, Clouds.base(24)));
                switch (k) {
                    case 4 -> adaptive.register("fox", Clouds.batch(100, Clouds.FOX, Clouds.FOX));
                    case 9 -> adaptive.register("cow", Clouds.batch(101, Clouds.COW, Clouds.COW));
                    case 12 -> adaptive.addSupports("fox", Clouds.batch(102, Clouds.FOX));
                    case 18 -> adaptive.reset();
                    case 22 -> adaptive.remove("fox");
                    default -> {}
                }
            }
            last = adaptive.state();
            assertThat(adaptive.counters().rejected()).isZero();
            assertThat(adaptive.counters().steps()).isPositive();
        }

        Rebuilt rebuilt = AuditReplay.of(folder).rebuild(csfa);

        assertThat(rebuilt.states()).containsExactly(Map.entry("", last));
        assertThat(rebuilt.changes()).isEqualTo(5);
        assertThat(last.theta()).isNotEqualTo(Clouds.model().source());
    }

    @Test
    void rebuildsCsfaFromItsSettings() throws IOException {
        Map<String, String> settings = Map.of("learningRate", "0.01", "followRate", "0.01");
        State last;
        try (AuditTrail trail =
                AuditTrail.in(folder, AuditConfig.custom().settings(settings).build())) {
            MethodProvider provider = Methods.named("csfa");
            AdaptiveModel adaptive = AdaptiveModel.builder(
                            Clouds.model(), provider.create(Settings.of(provider, settings)))
                    .recorder(trail)
                    .build();
            for (int k = 0; k < 10; k++) {
                adaptive.predict(Clouds.batch(k, Clouds.base(24)));
            }
            last = adaptive.state();
        }

        assertThat(AuditReplay.of(folder).rebuild().states()).containsExactly(Map.entry("", last));
    }
}
