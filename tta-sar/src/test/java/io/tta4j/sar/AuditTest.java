package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.audit.AuditConfig;
import io.tta4j.audit.AuditReplay;
import io.tta4j.audit.AuditTrail;
import io.tta4j.audit.Rebuilt;
import io.tta4j.audit.StateHash;
import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Settings;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The state is rebuilt from the trail alone, bit for bit, with the method that the trail's settings make. */
class AuditTest {

    private static final int CLASSES = 4;
    private static final int SIDE = 8;
    private static final int ROWS = 12;

    @TempDir
    private Path folder;

    private static Map<String, String> settings(String text) {
        return Stream.of(text.split(";"))
                .filter(setting -> !setting.isEmpty())
                .map(setting -> setting.split("="))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
    }

    private static Method method(String name, Map<String, String> settings) {
        MethodProvider provider = Methods.named(name);
        return provider.create(Settings.of(provider, settings));
    }

    private static ImageModel model(boolean independent) {
        Random random = new Random(3);
        float[] projection = new float[CLASSES * SIDE * SIDE];
        for (int i = 0; i < projection.length; i++) {
            projection[i] = (float) (0.2 * random.nextGaussian());
        }
        LinearModel linear = independent
                ? LinearModel.of(CLASSES, "a", "b", "c", "d")
                : LinearModel.withInteractingSamples(CLASSES, "a", "b", "c", "d");
        return ImageModel.of(linear, Matrix.of(CLASSES, SIDE * SIDE, projection));
    }

    private static Batch images(ImageModel model, Random random) {
        float[] pixels = new float[ROWS * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return model.batch(pixels);
    }

    @ParameterizedTest
    @CsvSource({
        "sar, learningRate=0.05;resetThreshold=0.16, true, 1",
        "sar, learningRate=0.05;maxGradientNorm=2;gradientQuantile=0.9, true, 0",
        "sar, learningRate=0.05;resetThreshold=0.4, false, 1",
        "sar, learningRate=0.05;objective=come;sourceMomentum=0.99, true, 0",
        "tent, learningRate=0.05, true, 0",
        "tent, optimizer=adam, false, 0",
        "eata, learningRate=0.05;redundancy=0.8, true, 0",
        "rdumb, learningRate=0.05;period=9, true, 1",
        "deyo, learningRate=0.05;drop=0.01, true, 0",
        "deyo, learningRate=0.05;drop=0.01, false, 0",
        "come, learningRate=0.05, true, 0",
        "roid, learningRate=0.05, true, 0",
    })
    void rebuildsARunWithResetsAndRollbacks(String name, String text, boolean independent, int leastResets)
            throws IOException {
        Map<String, String> settings = settings(text);
        ImageModel model = model(independent);
        Random random = new Random(29);
        AuditedRun run;
        AuditConfig config =
                AuditConfig.custom().settings(settings).partBytes(100_000).build();
        try (AuditTrail trail = AuditTrail.in(folder, config)) {
            run = AuditedRun.of(model, method(name, settings), trail);
            for (int k = 0; k < 60; k++) {
                run.take(images(model, random));
            }
        }

        Rebuilt rebuilt = AuditReplay.of(folder).rebuild();

        assertThat(rebuilt.states()).containsExactly(Map.entry("", run.state()));
        assertThat(StateHash.of(Objects.requireNonNull(rebuilt.states().get(""))))
                .isEqualTo(StateHash.of(run.state()));
        assertThat(rebuilt.steps()).isEqualTo(60);
        assertThat(rebuilt.changes()).isPositive();
        assertThat(run.resets()).isGreaterThanOrEqualTo(leastResets);
        assertThat(run.thetas()).isGreaterThan(10);
    }

    /** On real networks, from the trail and from the inputs; batch norm's moving statistics are of the state. */
    @ParameterizedTest
    @CsvSource({
        "sar, resnet20-gn.onnx, 'learningRate=0.005;resetThreshold=0.5'",
        "deyo, resnet20-gn.onnx, ''",
        "sar, resnet20-gn.pt, 'learningRate=0.005;resetThreshold=0.5'",
        "sar, resnet20-bn.onnx, 'statistics=moving'",
    })
    void rebuildsOnARealNetwork(String name, String network, String text) throws IOException {
        Map<String, String> settings = settings(text);
        ReferenceImages images = ReferenceImages.read();
        try (AdaptableModel model = ReferenceImages.network(network)) {
            State last;
            long resets;
            AuditConfig config =
                    AuditConfig.custom().settings(settings).withInputs(true).build();
            try (AuditTrail trail = AuditTrail.in(folder, config)) {
                AdaptiveModel adaptive = AdaptiveModel.builder(model, method(name, settings))
                        .recorder(trail)
                        .build();
                for (int k = 0; k < 4; k++) {
                    adaptive.predict(images.batch(model, k));
                    if (k == 2) {
                        adaptive.reset();
                    }
                }
                last = adaptive.state();
                resets = adaptive.counters().resets() + 1;
                assertThat(adaptive.counters().rejected()).isZero();
            }

            Rebuilt rebuilt = AuditReplay.of(folder).rebuild();

            assertThat(rebuilt.states()).containsExactly(Map.entry("", last));
            assertThat(rebuilt.resets()).isEqualTo(resets);
            assertThat(AuditReplay.of(folder).recompute(model).states()).containsExactly(Map.entry("", last));
            report(name, network, rebuilt.steps());
        }
    }

    private void report(String name, String network, long steps) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        System.out.printf("audit of %s on %s, inputs included: %d steps, %d bytes%n", name, network, steps, bytes);
    }
}
