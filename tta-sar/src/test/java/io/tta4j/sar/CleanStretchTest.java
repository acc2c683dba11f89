package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.AdaptiveModel;
import io.tta4j.guard.GuardConfig;
import io.tta4j.guard.Guards;
import io.tta4j.guard.SourceEntropies;
import io.tta4j.method.Methods;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stream of clean images, each shown again and again in new orders, behind the drift gate; then a drift. */
class CleanStretchTest {

    private static final int ROWS = 64;
    private static final int IMAGES = 2000;

    @Test
    void adaptsToADriftAndNotBefore() {
        stretch(3000);
    }

    @Tag("soak")
    @Test
    void adaptsToADriftAndNotBefore20000Samples() {
        stretch(20_000);
    }

    private static void stretch(int samples) {
        ReferenceImages clean = ReferenceImages.read("cifar10/clean/images.npy");
        ReferenceImages fog = ReferenceImages.read("cifar10/severity5/fog.npy");
        int[] labels = ReferenceImages.labels("cifar10/clean/labels.npy");
        try (AdaptableModel model = ReferenceImages.network("resnet20-gn.onnx")) {
            GuardConfig config = GuardConfig.custom()
                    .driftGate(true)
                    .calibration(calibration(model))
                    .build();
            AdaptiveModel adaptive = AdaptiveModel.builder(model, Sar.ofDefaults())
                    .guards(Guards.of(config))
                    .build();
            int[] bySource = predictions(AdaptiveModel.of(model, Methods.source()), model, clean);
            Random random = new Random(1);
            List<Integer> order = new ArrayList<>();
            int batches = samples / ROWS;
            int right = 0;
            int rightBySource = 0;
            for (int k = 0; k < batches; k++) {
                int[] rows = next(order, random);
                int[] predictions = adaptive.predict(clean.select(model, rows)).predictions();
                for (int i = 0; i < ROWS; i++) {
                    right += predictions[i] == labels[rows[i]] ? 1 : 0;
                    rightBySource += bySource[rows[i]] == labels[rows[i]] ? 1 : 0;
                }
            }
            long adapted = adaptive.counters().steps();
            assertThat((double) right / (batches * ROWS))
                    .isCloseTo((double) rightBySource / (batches * ROWS), within(0.002));
            assertThat(adapted).isLessThanOrEqualTo((long) (0.05 * batches));

            int delay = 0;
            while (adaptive.counters().steps() == adapted && delay < 100) {
                adaptive.predict(fog.select(model, next(order, random)));
                delay++;
            }
            assertThat(delay).isLessThanOrEqualTo(10);
        }
    }

    private static int[] predictions(AdaptiveModel source, AdaptableModel model, ReferenceImages images) {
        int[] predictions = new int[IMAGES];
        for (int from = 0; from < IMAGES; from += 100) {
            int[] rows = IntStream.range(from, from + 100).toArray();
            System.arraycopy(source.predict(images.select(model, rows)).predictions(), 0, predictions, from, 100);
        }
        return predictions;
    }

    /** Of 3,000 other images than those of the stream; the network is about as sure of those that it was trained on. */
    private static SourceEntropies calibration(AdaptableModel model) {
        List<Matrix> logits = new ArrayList<>();
        for (String file : List.of("support", "train-sample")) {
            ReferenceImages images = ReferenceImages.read("cifar10/" + file + "/images.npy");
            for (int from = 0; from < (file.equals("support") ? 1000 : 2000); from += 100) {
                int[] rows = IntStream.range(from, from + 100).toArray();
                try (Pass pass = model.serve(images.select(model, rows), model.source())) {
                    logits.add(pass.logits());
                }
            }
        }
        return SourceEntropies.of(Matrix.concatenate(logits));
    }

    private static int[] next(List<Integer> order, Random random) {
        int[] rows = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            if (order.isEmpty()) {
                IntStream.range(0, IMAGES).forEach(order::add);
                Collections.shuffle(order, random);
            }
            rows[i] = order.remove(order.size() - 1);
        }
        return rows;
    }
}
