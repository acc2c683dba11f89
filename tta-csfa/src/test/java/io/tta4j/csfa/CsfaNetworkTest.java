package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.csfa.prototype.PrototypeFile;
import io.tta4j.method.Answer;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        try (OnnxModel model = network()) {
            AdaptiveModel adaptive = withNovelClasses(
                    model,
                    CsfaConfig.custom()
                            .prototypes(PrototypeFile.read(survey(model)))
                            .build());

            Tally tally = Tally.of(adaptive, model, "cifar10/clean", "images.npy");

            tally.print("csfa, clean, %d shots".formatted(SHOTS), 0);
            assertThat(tally.harmonicMean()).isGreaterThan(0.45);
            assertThat(adaptive.counters().rejected()).isZero();
        }
    }

    /** The network's own share of right answers is what the logits say, which CSFA leaves as they are. */
    @ParameterizedTest
    @ValueSource(strings = {"gaussian_blur", "saturate", "spatter", "speckle_noise"})
    void beginsNearTheNetworkWithoutSourceData(String corruption) throws IOException {
        try (OnnxModel model = network()) {
            AdaptiveModel adaptive = withNovelClasses(model, CsfaConfig.ofDefaults());

            Tally tally = Tally.of(adaptive, model, "cifar10/tuning/severity5", corruption + ".npy");

            tally.print("csfa without source data, %s, %d shots".formatted(corruption, SHOTS), 2 * BATCH);
            assertThat(tally.base(2 * BATCH)).isGreaterThan(tally.network(2 * BATCH) - 0.08);
            assertThat(tally.harmonicMean()).isGreaterThan(0.25);
        }
    }

    private static OnnxModel network() {
        return OnnxModel.load(
                ReferenceImages.shared("models/resnet20-gn-6.onnx"),
                OnnxOptions.custom().features("auto").build());
    }

    private static AdaptiveModel withNovelClasses(OnnxModel model, CsfaConfig config) {
        AdaptiveModel adaptive = AdaptiveModel.of(model, Csfa.of(config));
        ReferenceImages supports = ReferenceImages.read("cifar10/support/images.npy");
        int[] supportLabels = ReferenceImages.labels("cifar10/support/labels.npy");
        for (int c = BASE; c < CLASSES; c++) {
            int novel = c;
            int[] shots = Arrays.copyOf(where(supportLabels, label -> label == novel), SHOTS);
            adaptive.register(Integer.toString(c), supports.select(model, shots));
        }
        return adaptive;
    }

    /** The labels of a stream's images, what CSFA called them, and what the network alone did. */
    private static final class Tally {

        private final int[] labels;
        private final int[] called;
        private final int[] alone;

        private Tally(int[] labels, int[] called, int[] alone) {
            this.labels = labels;
            this.called = called;
            this.alone = alone;
        }

        /** Of the images of a file, in batches, in stored order. */
        static Tally of(AdaptiveModel adaptive, OnnxModel model, String folder, String file) {
            ReferenceImages images = ReferenceImages.read(folder + "/" + file);
            int[] labels = ReferenceImages.labels(folder + "/labels.npy");
            int[] called = new int[labels.length];
            int[] alone = new int[labels.length];
            for (int[] rows : batches(where(labels, label -> true))) {
                Answer answer = adaptive.predict(images.select(model, rows));
                for (int i = 0; i < rows.length; i++) {
                    called[rows[i]] = answer.predictions()[i];
                    alone[rows[i]] = answer.logits().argmax(i);
                }
            }
            return new Tally(labels, called, alone);
        }

        /** The share of right answers over the first images of base classes. */
        double base(int first) {
            return share(called, first, label -> label < BASE);
        }

        double network(int first) {
            return share(alone, first, label -> label < BASE);
        }

        double novel(int first) {
            return share(called, first, label -> label >= BASE);
        }

        double harmonicMean() {
            double base = base(labels.length);
            double novel = novel(labels.length);
            return 2 * base * novel / (base + novel);
        }

        private double share(int[] answers, int first, IntPredicate counts) {
            int[] seen = IntStream.range(0, first)
                    .filter(i -> counts.test(labels[i]))
                    .toArray();
            return Arrays.stream(seen).filter(i -> answers[i] == labels[i]).count() / (double) seen.length;
        }

        void print(String title, int first) {
            for (int count : first == 0 ? new int[] {labels.length} : new int[] {first, labels.length}) {
                System.out.printf(
                        "%s, %d images: network %.1f, base %.1f, novel %.1f%n",
                        title, count, 100 * network(count), 100 * base(count), 100 * novel(count));
            }
            System.out.printf("%s: harmonic mean %.1f %%%n", title, 100 * harmonicMean());
        }
    }
}
