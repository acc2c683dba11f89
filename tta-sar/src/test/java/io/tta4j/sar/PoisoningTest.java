package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.AdaptiveStream;
import io.tta4j.guard.Canary;
import io.tta4j.guard.GuardConfig;
import io.tta4j.guard.Guards;
import io.tta4j.guard.SourceEntropies;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A stream whose batches are made to move theta as far as they can: of what an attacker can send, images of one colour,
 * noise within and far beyond the range of pixels, one image 64 times over, what is misread, always that which makes
 * the longest step. Then the stream is clean again.
 */
class PoisoningTest {

    private static final int ROWS = 64;
    private static final int PIXELS = 3 * 32 * 32;
    private static final int ROUNDS = 24;
    private static final int CHOOSE_EVERY = 6;
    private static final int CLEAN_BATCHES = 20;
    private static final int BATCHES_OF_OTHER = 8;

    private static float[] noise(Random random, double scale) {
        float[] values = new float[ROWS * PIXELS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * random.nextGaussian() + 0.5);
        }
        return values;
    }

    private static float[] colours(Random random) {
        float[] values = new float[ROWS * PIXELS];
        for (int image = 0; image < ROWS * 3; image++) {
            Arrays.fill(values, image * 1024, (image + 1) * 1024, random.nextFloat());
        }
        return values;
    }

    private static List<Batch> offers(AdaptableModel model, ReferenceImages images, Random random) {
        List<Batch> offers = new ArrayList<>();
        String input = model.inputs().get(0).name();
        for (float[] values : List.of(colours(random), noise(random, 0.3), noise(random, 5), noise(random, 1000))) {
            offers.add(Batch.of(input, Tensor.of(values, ROWS, 3, 32, 32)));
        }
        for (int i = 0; i < 3; i++) {
            int one = random.nextInt(2000);
            offers.add(images.select(
                    model, IntStream.range(0, ROWS).map(row -> one).toArray()));
        }
        return offers;
    }

    /** Of some batches the one whose step is longest. */
    private static Batch worst(AdaptableModel model, Method method, State state, List<Batch> offers) {
        Batch worst = offers.get(0);
        double longest = -1;
        for (Batch offer : offers) {
            try (Pass pass = model.forward(offer, state.theta())) {
                State made = method.adapt(model, pass, state).state();
                double norm = made.theta().minus(state.theta()).norm();
                if (norm > longest) {
                    longest = norm;
                    worst = offer;
                }
            }
        }
        return worst;
    }

    /** The accuracy of a stream on clean images after it was poisoned, adapting to these too. */
    private static double accuracyAfterPoison(AdaptableModel model, Method method, Guards guards) {
        ReferenceImages images = ReferenceImages.read("cifar10/clean/images.npy");
        Random random = new Random(5);
        AdaptiveModel adaptive =
                AdaptiveModel.builder(model, method).guards(guards).build();
        Batch poison = worst(model, method, adaptive.state(), offers(model, images, random));
        for (int round = 0; round < ROUNDS; round++) {
            if (round % CHOOSE_EVERY == CHOOSE_EVERY - 1) {
                poison = worst(model, method, adaptive.state(), offers(model, images, random));
            }
            adaptive.predict(poison);
        }
        return accuracy(adaptive, model, images);
    }

    private static double accuracy(AdaptiveModel adaptive, AdaptableModel model, ReferenceImages images) {
        int[] labels = ReferenceImages.labels("cifar10/clean/labels.npy");
        int right = 0;
        for (int k = 0; k < CLEAN_BATCHES; k++) {
            int[] predictions = adaptive.predict(images.batch(model, k)).predictions();
            for (int i = 0; i < ROWS; i++) {
                right += predictions[i] == labels[k * ROWS + i] ? 1 : 0;
            }
        }
        return (double) right / (CLEAN_BATCHES * ROWS);
    }

    @Test
    void laterCleanAccuracyIsNearTheSources() {
        ReferenceImages support = ReferenceImages.read("cifar10/support/images.npy");
        int[] labels = ReferenceImages.labels("cifar10/support/labels.npy");
        Method method = Tent.of(TentConfig.custom().learningRate(0.005).build());
        try (AdaptableModel model = ReferenceImages.network("resnet20-gn.onnx")) {
            int[] set = IntStream.range(0, 256).toArray();
            Canary canary = Canary.labelled(support.select(model, set), Arrays.copyOf(labels, set.length));
            GuardConfig canaryOnly = GuardConfig.custom()
                    .canary(canary)
                    .canaryEvery(8)
                    .canaryFall(0.02)
                    .build();
            GuardConfig withGate = GuardConfig.from(canaryOnly)
                    .driftGate(true)
                    .calibration(calibration(model, support))
                    .build();
            double source = accuracy(
                    AdaptiveModel.of(model, Methods.source()), model, ReferenceImages.read("cifar10/clean/images.npy"));

            assertThat(accuracyAfterPoison(model, method, Guards.finiteOnly()))
                    .as("without guards the attack does harm")
                    .isLessThan(source - 0.1);
            assertThat(accuracyAfterPoison(model, method, Guards.of(canaryOnly)))
                    .isGreaterThan(source - 0.02);
            assertThat(accuracyAfterPoison(model, method, Guards.of(withGate))).isGreaterThan(source - 0.02);
        }
    }

    /** The step that was published, at the same rate, and samples without labels. */
    @Test
    void samplesWithoutLabelsHoldSar() {
        Method method = Sar.of(SarConfig.published().learningRate(0.005).build());
        try (AdaptableModel model = ReferenceImages.network("resnet20-gn.onnx")) {
            double source = accuracy(
                    AdaptiveModel.of(model, Methods.source()), model, ReferenceImages.read("cifar10/clean/images.npy"));

            assertThat(accuracyAfterPoison(model, method, Guards.finiteOnly()))
                    .as("without guards the attack does harm")
                    .isLessThan(source - 0.1);
            assertThat(accuracyAfterPoison(model, method, withoutLabels(model))).isGreaterThan(source - 0.02);
        }
    }

    /** Batch norm's statistics move with the stream, the attacker's too, and go back with the rest. */
    @Test
    void samplesWithoutLabelsHoldStatistics() {
        try (AdaptableModel model = ReferenceImages.network("resnet20-bn.onnx")) {
            double source = accuracy(
                    AdaptiveModel.of(model, Methods.source()), model, ReferenceImages.read("cifar10/clean/images.npy"));
            assertThat(accuracyAfterPoison(model, Sar.ofDefaults(), Guards.finiteOnly()))
                    .as("noise far beyond the range of pixels does not move statistics, whatever the guards")
                    .isBetween(source - 0.06, source - 0.02);
            assertThat(accuracyAfterPoison(model, Sar.ofDefaults(), withoutLabels(model)))
                    .isGreaterThan(source - 0.02);
        }
    }

    /** One tenant is poisoned, in between requests of the other, who has the answers that he gets where he is alone. */
    @Test
    void anotherStreamKeepsItsBits() {
        ReferenceImages images = ReferenceImages.read();
        List<Matrix> answersAlone = new ArrayList<>();
        State alone;
        try (AdaptableModel model = ReferenceImages.network("resnet20-gn.onnx");
                AdaptiveModel adaptive = guarded(model)) {
            AdaptiveStream other = adaptive.stream("other");
            for (int k = 0; k < BATCHES_OF_OTHER; k++) {
                answersAlone.add(other.predict(images.batch(model, k)).logits());
            }
            alone = other.state();
        }
        try (AdaptableModel model = ReferenceImages.network("resnet20-gn.onnx");
                AdaptiveModel adaptive = guarded(model)) {
            AdaptiveStream attacked = adaptive.stream("attacked");
            AdaptiveStream other = adaptive.stream("other");
            List<Batch> poisons = offers(model, images, new Random(5));
            for (int k = 0; k < BATCHES_OF_OTHER; k++) {
                attacked.predict(poisons.get(k % poisons.size()));
                assertThat(other.predict(images.batch(model, k)).logits()).isEqualTo(answersAlone.get(k));
            }
            assertThat(other.state()).isEqualTo(alone);
            assertThat(other.state().theta()).isNotEqualTo(model.source());
            assertThat(attacked.state().theta()).isNotEqualTo(model.source());
        }
    }

    private static AdaptiveModel guarded(AdaptableModel model) {
        Method method = Sar.of(SarConfig.published().learningRate(0.005).build());
        return AdaptiveModel.builder(model, method).guards(Guards.ofDefaults()).build();
    }

    /** The default guards, and a canary set of 256 samples that the source has answered. */
    private static Guards withoutLabels(AdaptableModel model) {
        ReferenceImages support = ReferenceImages.read("cifar10/support/images.npy");
        int[] set = IntStream.range(0, 256).toArray();
        return Guards.of(GuardConfig.custom()
                .canary(Canary.answeredBySource(support.select(model, set)))
                .canaryEvery(8)
                .build());
    }

    private static SourceEntropies calibration(AdaptableModel model, ReferenceImages images) {
        int[] rows = IntStream.range(0, 1000).toArray();
        try (Pass pass = model.serve(images.select(model, rows), model.source())) {
            return SourceEntropies.of(pass.logits());
        }
    }
}
