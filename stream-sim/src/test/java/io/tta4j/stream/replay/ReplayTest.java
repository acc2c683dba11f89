package io.tta4j.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.stream.PixelModel;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.setting.Mild;
import io.tta4j.stream.setting.Mixed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Replays a model whose answers are known: an image of class c has c for its red, so the source is always right. */
final class ReplayTest {

    private static final int IMAGES = 94;
    private static final int BATCH = 4;

    private static final int[] LABELS =
            IntStream.range(0, IMAGES).map(i -> i % PixelModel.CLASSES).toArray();

    /** Adds 1 to theta after each batch, so that batch k is answered right where k is a multiple of 4. */
    private record Drift() implements Method {

        @Override
        public String name() {
            return "drift";
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            Vector next = state.theta().plus(Vector.of(1f));
            StepReport report = new StepReport(pass.rows(), pass.rows(), 1, OptionalDouble.of(0), next.norm() == 5);
            return new Adaptation(state.withTheta(next), report);
        }
    }

    /** Images of which all but every tenth show their class. */
    private record Shown(String name, int count, ImageShape shape, int wrongEvery) implements Images {

        @Override
        public void read(int index, byte[] target) {
            boolean wrong = wrongEvery > 0 && index % wrongEvery == 0;
            target[0] = (byte) ((LABELS[index] + (wrong ? 1 : 0)) % PixelModel.CLASSES);
        }
    }

    private static Images images(String name, int wrongEvery) {
        return new Shown(name, IMAGES, new ImageShape(1, 1, 3), wrongEvery);
    }

    private static Replay replay(Images... sets) {
        return new Replay(new PixelModel(), List.of(sets), LABELS, Preprocessing.ofDefaults(), BATCH);
    }

    @Test
    void scoresAnswersBeforeTheModelAdapts() throws IOException {
        // 94 images in batches of 4 are 23 full batches and one of 2.
        ReplayResult result = replay(images("fog", 0))
                .run(Mild.stored(), List.of(new Drift()), ReplayListener.NONE)
                .get(0);

        // Batches 0, 4, 8, 12, 16 and 20 are right.
        assertThat(result.correct()).isEqualTo(6 * BATCH);
        assertThat(result.samples()).isEqualTo(IMAGES);
        assertThat(result.batches()).isEqualTo(24);
        assertThat(result.accuracy()).isEqualTo(100.0 * 24 / 94);
        assertThat(result.adaptedSamples()).isEqualTo(24);
        assertThat(result.resets()).isEqualTo(1);
        assertThat(result.rejected()).isZero();
        // Batches 0-9 hold three right ones of ten, 10-19 two, 20-23 one of 14 images.
        assertThat(result.windows()).containsExactly(30.0, 20.0, 100.0 * 4 / 14);
    }

    @Test
    void everyStreamStartsFromTheSourceState() throws IOException {
        List<ReplayResult> results = replay(images("fog", 0), images("snow", 0))
                .run(Mild.stored(), List.of(new Drift()), ReplayListener.NONE);

        assertThat(results).extracting(ReplayResult::corruption).containsExactly("fog", "snow");
        assertThat(results.get(1).windows()).isEqualTo(results.get(0).windows());
        assertThat(results.get(1).resets()).isEqualTo(1);
    }

    @Test
    void methodsDoNotSeeEachOther() throws IOException {
        List<ReplayResult> results = replay(images("fog", 10))
                .run(Mild.shuffled(5), List.of(new Drift(), Methods.source()), ReplayListener.NONE);

        assertThat(results).extracting(ReplayResult::method).containsExactly("drift", "source");
        // Ten of 94 images show another class.
        assertThat(results.get(1).correct()).isEqualTo(84);
        assertThat(results.get(1).adaptedSamples()).isZero();
        assertThat(results.get(1).relativeCost()).isEqualTo(1.0);
    }

    @Test
    void costsAreRelativeToASourceThatNeedNotBeListed() throws IOException {
        ReplayResult result = replay(images("fog", 0))
                .run(Mild.stored(), List.of(new Drift()), ReplayListener.NONE)
                .get(0);

        assertThat(result.relativeCost()).isPositive();
        assertThat(result.seconds()).isPositive();
        assertThat(result.samplesPerSecond()).isEqualTo(IMAGES / result.seconds());
        assertThat(result.latency().p50())
                .isPositive()
                .isLessThanOrEqualTo(result.latency().p99());
    }

    @Test
    void mixedIsOneStreamOverAllSets() throws IOException {
        List<String> heard = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();

        List<ReplayResult> results = replay(images("fog", 10), images("snow", 0))
                .run(new Mixed(1), List.of(Methods.source()), (stream, images) -> {
                    heard.add(stream);
                    sizes.add(images);
                });

        assertThat(results).hasSize(1);
        assertThat(results.get(0).corruption()).isEqualTo("mixed");
        assertThat(results.get(0).samples()).isEqualTo(2 * IMAGES);
        assertThat(results.get(0).correct()).isEqualTo(2 * IMAGES - 10);
        assertThat(heard).hasSize(47).containsOnly("mixed");
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2 * IMAGES);
    }

    @Test
    void refusesWhatDoesNotFitTogether() {
        Images large = new Shown("snow", IMAGES, new ImageShape(2, 2, 3), 0);

        assertThatThrownBy(() -> replay(images("fog", 0), large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("all samples must have the same shape, but snow had 2x2x3 where fog had 1x1x3");
        assertThatThrownBy(() -> replay(large)).hasMessageContaining("must fit the model's input 'image'");
        assertThatThrownBy(() -> new Replay(
                        new PixelModel(), List.of(images("fog", 0)), new int[] {0, 4}, Preprocessing.ofDefaults(), 1))
                .hasMessage("labels must be in 0..3, the model's classes, but row 1 had 4");
        assertThatThrownBy(() ->
                        new Replay(new PixelModel(), List.of(images("fog", 0)), LABELS, Preprocessing.ofDefaults(), 0))
                .hasMessage("batch must be at least 1, but was 0");
    }
}
