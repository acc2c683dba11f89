package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.AdaptiveStream;
import io.tta4j.Counters;
import io.tta4j.RuntimeConfig;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.guard.GuardConfig;
import io.tta4j.guard.Guards;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of SAR that leave memory and come back. */
class StreamsTest {

    private static final int CLASSES = 4;
    private static final int ROWS = 32;

    @TempDir
    private Path root;

    private static AdaptiveModel.Builder builder(AdaptableModel model, SarConfig.Builder settings, Guards guards) {
        return AdaptiveModel.builder(model, Sar.of(settings.build())).guards(guards);
    }

    /** Sure of one class each, more or less. */
    private static Batch batch(Random random, double sureness) {
        float[][] logits = new float[ROWS][CLASSES];
        for (float[] row : logits) {
            row[random.nextInt(CLASSES)] = (float) (sureness * (0.5 + random.nextDouble()));
        }
        return LinearModel.batch(logits);
    }

    /**
     * Momentum, loss average, and what guards remember: the gate learns what is usual, opens at the drift, and steps
     * are taken then. Each use of a stream reads it from the store and writes it there.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goOnWithTheSameBits(boolean gated) throws IOException {
        LinearModel model = LinearModel.of(CLASSES, "a", "b", "c", "d");
        SarConfig.Builder settings = SarConfig.custom().learningRate(0.01).margin(1.2);
        Guards guards = gated
                ? Guards.of(GuardConfig.custom()
                        .driftGate(true)
                        .gateWindow(8 * ROWS)
                        .build())
                : Guards.ofDefaults();
        List<String> keys = List.of("", "camera-17", "camera-18");
        Random random = new Random(7);
        Map<String, AdaptiveModel> alone = new HashMap<>();
        keys.forEach(key -> alone.put(key, builder(model, settings, guards).build()));
        RuntimeConfig noRoom = RuntimeConfig.custom()
                .streamBytes(1)
                .saveInterval(Duration.ofDays(1))
                .build();
        AtomicLong restored = new AtomicLong();
        for (int run = 0; run < 12; run++) {
            try (SnapshotDirectory directory = SnapshotDirectory.open(root);
                    AdaptiveModel together = builder(model, settings, guards)
                            .config(noRoom)
                            .store(directory)
                            .build()) {
                together.events().on(RuntimeEvent.Restored.class, event -> restored.incrementAndGet());
                for (int request = 0; request < 6; request++) {
                    String key = keys.get(random.nextInt(keys.size()));
                    Batch batch = batch(random, run < 4 ? 6 : 4);
                    Matrix expected = Objects.requireNonNull(alone.get(key))
                            .predict(batch)
                            .logits();
                    assertThat(together.stream(key).predict(batch).logits()).isEqualTo(expected);
                }
                for (String key : keys) {
                    AdaptiveStream stream = together.stream(key);
                    assertThat(stream.state())
                            .isEqualTo(Objects.requireNonNull(alone.get(key)).state());
                    assertThat(stream.counters())
                            .isEqualTo(Objects.requireNonNull(alone.get(key)).counters());
                }
            }
        }
        // With each start at least, and whenever one had left before its next request.
        assertThat(restored.get()).isGreaterThanOrEqualTo(2 * 11);
        for (String key : keys) {
            assertThat(Objects.requireNonNull(alone.get(key)).counters().steps())
                    .as(key)
                    .isPositive();
            State state = Objects.requireNonNull(alone.get(key)).state();
            assertThat(state.vectors()).containsKey("momentum");
            assertThat(state.scalars().keySet()).anyMatch(name -> name.startsWith("guard."));
        }
        assertThat(model.open).hasValue(0);
    }

    /** A stream of CIFAR-10 under a corruption each, on one network; some of them beside, each alone. */
    @Test
    void manyStreamsOnOneNetwork() throws IOException {
        manyStreams(60, 15, 200_000);
    }

    @Test
    @Tag("soak")
    void tenThousandStreamsOnOneNetwork() throws IOException {
        manyStreams(10_000, 40, 64L << 20);
    }

    private void manyStreams(int streams, int sampled, long bytes) throws IOException {
        int rounds = 3;
        int rows = 4;
        List<ReferenceImages> corruptions = new ArrayList<>();
        for (String name : List.of("fog", "gaussian_noise", "contrast")) {
            corruptions.add(ReferenceImages.read("cifar10/severity5/" + name + ".npy"));
        }
        int[] labels = ReferenceImages.labels("cifar10/clean/labels.npy");
        SarConfig.Builder settings = SarConfig.custom();
        RuntimeConfig config = RuntimeConfig.custom().streamBytes(bytes).build();
        Map<Integer, Integer> right = new HashMap<>();
        Map<Integer, State> states = new HashMap<>();
        Map<String, AtomicLong> told = new HashMap<>();
        int step = streams / sampled;
        try (AdaptableModel model = ReferenceImages.network("resnet20-gn.onnx")) {
            try (SnapshotDirectory directory = SnapshotDirectory.open(root, 1);
                    AdaptiveModel together = builder(model, settings, Guards.ofDefaults())
                            .config(config)
                            .store(directory)
                            .build()) {
                together.events()
                        .on(
                                RuntimeEvent.class,
                                event -> told.computeIfAbsent(event.getClass().getSimpleName(), any -> new AtomicLong())
                                        .incrementAndGet());
                for (int round = 0; round < rounds; round++) {
                    for (int stream = 0; stream < streams; stream++) {
                        int[] selected = selected(stream, round, rows);
                        int[] predictions = together.stream("stream " + stream)
                                .predict(corruptions.get(stream % 3).select(model, selected))
                                .predictions();
                        right.merge(stream, right(labels, selected, predictions), Integer::sum);
                        assertThat(together.streamBytes()).isLessThanOrEqualTo(bytes);
                    }
                }
                for (int stream = 0; stream < streams; stream += step) {
                    states.put(stream, together.stream("stream " + stream).state());
                }
                assertThat(together.streams()).hasSize(streams);
            }
            System.out.printf("%d streams, %d MB for states: %s%n", streams, bytes >> 20, told);
            assertThat(told).doesNotContainKeys("StoreFailed", "Failed", "Rejected");
            for (int stream = 0; stream < streams; stream += step) {
                AdaptiveModel alone =
                        builder(model, settings, Guards.ofDefaults()).build();
                int found = 0;
                for (int round = 0; round < rounds; round++) {
                    int[] selected = selected(stream, round, rows);
                    found += right(
                            labels,
                            selected,
                            alone.predict(corruptions.get(stream % 3).select(model, selected))
                                    .predictions());
                }
                assertThat(right.get(stream)).as("stream %d", stream).isEqualTo(found);
                assertThat(states.get(stream)).isEqualTo(alone.state());
                assertThat(alone.counters()).extracting(Counters::requests).isEqualTo((long) rounds);
            }
        }
        assertThat(told).containsKeys("Evicted", "Restored");
    }

    private static int[] selected(int stream, int round, int rows) {
        Random random = new Random(31L * stream + round);
        return IntStream.range(0, rows).map(i -> random.nextInt(2000)).toArray();
    }

    private static int right(int[] labels, int[] selected, int[] predictions) {
        return (int) IntStream.range(0, selected.length)
                .filter(i -> labels[selected[i]] == predictions[i])
                .count();
    }
}
