package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.csfa.prototype.PrototypeFile;
import io.tta4j.method.SourceSurvey;
import io.tta4j.model.Pass;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import io.tta4j.sar.ReferenceImages;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of CSFA on a real network that knows six of CIFAR-10's ten classes. */
class CsfaNetworkTest {

    private static final int BASE = 6;
    private static final int CLASSES = 10;
    private static final int BATCH = 64;
    private static final int SHOTS = 20;

    @TempDir
    private Path folder;

    private static int[] where(int[] labels, IntPredicate wanted) {
        return IntStream.range(0, labels.length)
                .filter(i -> wanted.test(labels[i]))
                .toArray();
    }

    private static int[] labels(int[] all, int... rows) {
        return Arrays.stream(rows).map(row -> all[row]).toArray();
    }

    /** Rows in parts of at most a batch. */
    private static List<int[]> batches(int... rows) {
        return IntStream.rangeClosed(0, (rows.length - 1) / BATCH)
                .mapToObj(k -> Arrays.copyOfRange(rows, k * BATCH, Math.min((k + 1) * BATCH, rows.length)))
                .toList();
    }

    private Path survey(OnnxModel model) throws IOException {
        ReferenceImages images = ReferenceImages.read("cifar10/train-sample/images.npy");
        int[] labels = ReferenceImages.labels("cifar10/train-sample/labels.npy");
        SourceSurvey survey = ServiceLoader.load(SourceSurvey.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("prototypes"))
                .findFirst()
                .orElseThrow();
        SourceSurvey.Findings findings = survey.begin(
                model, IntStream.range(0, BASE).mapToObj(Integer::toString).toList());
        for (int[] rows : batches(where(labels, label -> label < BASE))) {
            try (Pass pass = model.serve(images.select(model, rows), model.source())) {
                findings.add(pass, labels(labels, rows));
            }
        }
        Path file = folder.resolve("prototypes.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            findings.writeTo(out);
        }
        return file;
    }

    @Test
    void namesTheFourClassesThatTheNetworkNeverSaw() throws IOException {
        Path network = ReferenceImages.shared("models/resnet20-gn-6.onnx");
        try (OnnxModel model =
                OnnxModel.load(network, OnnxOptions.custom().features("auto").build())) {
            CsfaConfig config = CsfaConfig.custom()
                    .prototypes(PrototypeFile.read(survey(model)))
                    .build();
            AdaptiveModel adaptive = AdaptiveModel.of(model, Csfa.of(config));
            ReferenceImages supports = ReferenceImages.read("cifar10/support/images.npy");
            int[] supportLabels = ReferenceImages.labels("cifar10/support/labels.npy");
            for (int c = BASE; c < CLASSES; c++) {
                int novel = c;
                int[] shots = Arrays.copyOf(where(supportLabels, label -> label == novel), SHOTS);
                adaptive.register(Integer.toString(c), supports.select(model, shots));
            }

            ReferenceImages images = ReferenceImages.read("cifar10/clean/images.npy");
            int[] labels = ReferenceImages.labels("cifar10/clean/labels.npy");
            int[] right = new int[CLASSES];
            int[] seen = new int[CLASSES];
            for (int[] rows : batches(where(labels, label -> true))) {
                int[] predictions = adaptive.predict(images.select(model, rows)).predictions();
                for (int i = 0; i < rows.length; i++) {
                    seen[labels[rows[i]]]++;
                    right[labels[rows[i]]] += predictions[i] == labels[rows[i]] ? 1 : 0;
                }
            }

            double base = share(right, seen, 0, BASE);
            double novel = share(right, seen, BASE, CLASSES);
            double harmonicMean = 2 * base * novel / (base + novel);
            System.out.printf(
                    "csfa, clean, %d shots: base %.1f, novel %.1f, harmonic mean %.1f %%%n",
                    SHOTS, 100 * base, 100 * novel, 100 * harmonicMean);
            assertThat(harmonicMean).isGreaterThan(0.45);
            assertThat(adaptive.counters().rejected()).isZero();
        }
    }

    private static double share(int[] right, int[] seen, int from, int to) {
        return (double) Arrays.stream(right, from, to).sum()
                / Arrays.stream(seen, from, to).sum();
    }
}
