package io.tta4j.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.stream.PixelModel;
import io.tta4j.stream.data.BadSampleException;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.Calibration;
import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.metric.CleanForgetting;
import io.tta4j.stream.setting.LabelOrder;
import io.tta4j.stream.setting.Streams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                .under(Protocol.ofDefaults().withWindow(10 * BATCH))
                .run(Streams.mild(), List.of(new Drift()), ReplayListener.NONE)
                .get(0);

        // Batches 0, 4, 8, 12, 16 and 20 are right.
        assertThat(result.correct()).isEqualTo(6 * BATCH);
        assertThat(result.samples()).isEqualTo(IMAGES);
        assertThat(result.batches()).isEqualTo(24);
        assertThat(result.accuracy()).isEqualTo(100.0 * 24 / 94);
        assertThat(result.learning()).isEqualTo(new ReplayResult.Learning(IMAGES, 24, 1, 0, 0, 0));
        // Batches 0-9 hold three right ones of ten, 10-19 two, 20-23 one of 14 images. Theta is 5 behind batch 4. In
        // the last
        // batch, at theta 23, classes 0 and 1 are taken for 3 and 0.
        assertThat(result.scores().windows())
                .containsExactly(
                        new Window(40, new Accuracy(40, 12), 40, 10, 1, ClassCounts.of(10, 10, 10, 10)),
                        new Window(80, new Accuracy(40, 8), 40, 10, 0, ClassCounts.of(10, 10, 10, 10)),
                        new Window(94, new Accuracy(14, 4), 14, 4, 0, ClassCounts.of(4, 3, 3, 4)));
        assertThat(result.gain().points()).isCloseTo(100.0 * 24 / 94 - 100, within(1e-9));
        // Of 16 answers in a row 4 are right, and of 40 at least 8.
        assertThat(result.scores().prequential().worst()).isEqualTo(20);
        assertThat(result.scores().domains()).isEqualTo(Map.of("fog", new Accuracy(94, 24)));
        // Each batch shows each class once; the last one classes 0 and 1, wrongly answered.
        assertThat(result.scores().classes())
                .containsExactly(new Accuracy(24, 6), new Accuracy(24, 6), new Accuracy(23, 6), new Accuracy(23, 6));
        assertThat(result.domainChanges()).containsExactly(new DomainChange(0, "fog"));
        // The last batch is images 92 and 93, of classes 0 and 1; the one before is at theta 22, two off.
        assertThat(result.gallery())
                .containsExactly(
                        new AnsweredImage("fog", 93, 1, 1, 0),
                        new AnsweredImage("fog", 92, 0, 0, 3),
                        new AnsweredImage("fog", 91, 3, 3, 1),
                        new AnsweredImage("fog", 90, 2, 2, 0));
    }

    @Test
    void windowsHoldTenBatchesAndAHundredImagesAtLeast() {
        assertThat(Protocol.ofDefaults().window(4)).isEqualTo(100);
        assertThat(Protocol.ofDefaults().window(64)).isEqualTo(640);
        assertThat(Protocol.ofDefaults().withWindow(7).window(64)).isEqualTo(7);
    }

    @Test
    void probabilitiesAreTheSoftmaxOfTheLogits() throws IOException {
        Calibration calibration = replay(images("fog", 10))
                .run(Streams.mild(), List.of(Methods.source()), ReplayListener.NONE)
                .get(0)
                .scores()
                .calibration()
                .orElseThrow();

        // Logits are one-hot over four classes: the answer has e / (e + 3), each other class 1 / (e + 3).
        double sure = Math.E / (Math.E + 3);
        double other = 1 / (Math.E + 3);
        assertThat(calibration.ece()).isCloseTo(100 * Math.abs(84.0 / 94 - sure), within(1e-6));
        assertThat(calibration.nll()).isCloseTo(-(84 * Math.log(sure) + 10 * Math.log(other)) / 94, within(1e-6));
        double right = (1 - sure) * (1 - sure) + 3 * other * other;
        double wrong = sure * sure + (1 - other) * (1 - other) + 2 * other * other;
        assertThat(calibration.brier()).isCloseTo((84 * right + 10 * wrong) / 94, within(1e-6));
    }

    @Test
    void aStreamThatDoesNotWaitIsPredictedMeanwhile() throws IOException {
        TimeConstraint realTime = new TimeConstraint(1, Map.of("drift", 3.0));

        List<ReplayResult> results = replay(images("fog", 0))
                .under(Protocol.ofDefaults().withTimeConstraint(realTime))
                .run(Streams.mild(), List.of(Methods.source(), new Drift()), ReplayListener.NONE);

        // Of 24 batches 0, 3, ..., 21 are adapted to. Batch k is answered at theta = ceil(k / 3): a multiple of 4 for
        // 0,
        // 10, 11, 12, 22 and 23, the last of which has two images.
        assertThat(results.get(1).pace()).contains(new Pace(1, 3, true, 16));
        assertThat(results.get(1).learning().adaptedSamples()).isEqualTo(8);
        assertThat(results.get(1).correct()).isEqualTo(5 * BATCH + 2);
        assertThat(results.get(0).pace()).isEmpty();
        assertThat(results.get(0).accuracy()).isEqualTo(100);
    }

    @Test
    void aMeasuredRatioIsThatOfTheClock() throws IOException {
        TimeConstraint measured = new TimeConstraint(0, Map.of());

        Pace pace = replay(images("fog", 0))
                .under(Protocol.ofDefaults().withTimeConstraint(measured))
                .run(Streams.mild(), List.of(new Drift()), ReplayListener.NONE)
                .get(0)
                .pace()
                .orElseThrow();

        assertThat(pace.costRatio()).isPositive();
        assertThat(pace.fixed()).isFalse();
        assertThat(pace.onlyPredicted()).isZero();
    }

    @Test
    void whatIsForgottenIsMeasuredWithAFrozenState() throws IOException {
        LabelledSamples clean = LabelledSamples.of(images("clean", 10), LABELS);

        List<ReplayResult> results = new Replay(
                        new PixelModel(), List.of(images("fog", 0)), LABELS, Preprocessing.ofDefaults(), 5)
                .under(Protocol.ofDefaults().withClean(clean))
                .run(Streams.mild(), List.of(new Drift()), ReplayListener.NONE);

        // Behind 19 batches theta is 19: one short of a multiple of 4, so right where the image shows one class more
        // than
        // its own, which every tenth does.
        assertThat(results.get(0).cleanForgetting())
                .contains(new CleanForgetting(new Accuracy(94, 10), new Accuracy(94, 84)));
        assertThat(results.get(0).batches()).isEqualTo(19);
        assertThat(results.get(0).learning().adaptedSamples()).isEqualTo(19);
    }

    /** Images of which the first are damaged. */
    private record Damaged(Images whole, int damaged) implements Images {

        @Override
        public String name() {
            return whole.name();
        }

        @Override
        public int count() {
            return whole.count();
        }

        @Override
        public ImageShape shape() {
            return whole.shape();
        }

        @Override
        public void read(int index, byte[] target) throws IOException {
            if (index < damaged) {
                throw new BadSampleException("image" + index, "it is damaged", new IOException());
            }
            whole.read(index, target);
        }
    }

    @Test
    void whatCannotBeReadIsLeftOutEverywhere() throws IOException {
        List<String> heard = new ArrayList<>();
        ReplayListener skipping = new ReplayListener() {
            @Override
            public void answered(String stream, int images) {}

            @Override
            public void unreadable(BadSampleException sample) {
                heard.add(sample.sample());
            }
        };
        // The first batch and one image of the second.
        Images fog = new Damaged(images("fog", 0), BATCH + 1);
        LabelledSamples clean = LabelledSamples.of(new Damaged(images("clean", 0), 2), LABELS);

        ReplayResult result = replay(fog, images("snow", 0))
                .under(Protocol.ofDefaults().withClean(clean))
                .run(Streams.continual(), List.of(Methods.source()), skipping)
                .get(0);

        assertThat(heard).contains("image0", "image4").doesNotContain("image5");
        assertThat(result.samples()).isEqualTo(2 * IMAGES - 5);
        assertThat(result.correct()).isEqualTo(2 * IMAGES - 5);
        assertThat(result.domainChanges())
                .containsExactly(new DomainChange(0, "fog"), new DomainChange(IMAGES - 5, "snow"));
        assertThat(result.gallery())
                .allSatisfy(shown -> assertThat(shown.prediction()).isEqualTo(shown.label()));
        assertThat(result.cleanForgetting()).contains(new CleanForgetting(new Accuracy(92, 92), new Accuracy(92, 92)));
        assertThatThrownBy(() -> replay(fog).run(Streams.mild(), List.of(Methods.source()), ReplayListener.NONE))
                .isInstanceOf(BadSampleException.class)
                .hasMessage("image0 cannot be used: it is damaged");
    }

    /** Keeps cells in memory. */
    private static final class KeptCells implements Cells {

        final Map<Cell, List<ReplayResult>> kept = new LinkedHashMap<>();

        @Override
        public Optional<List<ReplayResult>> find(Cell cell) {
            return Optional.ofNullable(kept.get(cell));
        }

        @Override
        public void keep(Cell cell, List<ReplayResult> results) {
            kept.put(cell, results);
        }
    }

    @Test
    void aReplayThatEndedEarlyGoesOn() throws IOException {
        KeptCells cells = new KeptCells();
        List<Method> methods = List.of(Methods.source(), new Drift());
        Replay first =
                replay(images("fog", 10), images("rain", 3), images("snow", 0)).keeping(cells);

        assertThatThrownBy(() -> first.run(
                        Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(3), methods, (stream, images) -> {
                            if (stream.equals("rain")) {
                                throw new IllegalStateException("enough");
                            }
                        }))
                .hasMessage("enough");
        assertThat(cells.kept.keySet()).extracting(Cell::stream).containsExactly("fog");
        List<ReplayResult> ofFog = cells.kept.values().iterator().next();

        Map<String, Integer> heard = new LinkedHashMap<>();
        List<ReplayResult> results = replay(images("fog", 10), images("rain", 3), images("snow", 0))
                .keeping(cells)
                .run(
                        Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(3),
                        methods,
                        (stream, images) -> heard.merge(stream, 1, Integer::sum));

        // A stream that was finished is heard of once, as a whole.
        assertThat(heard).isEqualTo(Map.of("fog", 1, "rain", 24, "snow", 24));
        assertThat(results.subList(0, 2)).isEqualTo(ofFog);
        List<ReplayResult> atOnce = replay(images("fog", 10), images("rain", 3), images("snow", 0))
                .run(Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(3), methods, ReplayListener.NONE);
        assertThat(results)
                .extracting(
                        ReplayResult::corruption, ReplayResult::method, ReplayResult::fingerprint, ReplayResult::scores)
                .isEqualTo(atOnce.stream()
                        .map(result ->
                                tuple(result.corruption(), result.method(), result.fingerprint(), result.scores()))
                        .toList());
    }

    @Test
    void aCellIsOfWhatTheStreamShows() throws IOException {
        KeptCells cells = new KeptCells();
        List<Method> methods = List.of(Methods.source());

        replay(images("fog", 0))
                .keeping(cells)
                .run(Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(3), methods, ReplayListener.NONE);
        replay(images("fog", 0))
                .keeping(cells)
                .run(Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(4), methods, ReplayListener.NONE);
        replay(images("fog", 0))
                .keeping(cells)
                .run(Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(4), methods, ReplayListener.NONE);
        replay(images("rain", 0), images("fog", 0))
                .keeping(cells)
                .run(Streams.mixed().withSeed(4), methods, ReplayListener.NONE);

        assertThat(cells.kept.keySet())
                .extracting(Cell::setting, Cell::seed, Cell::stream)
                .containsExactly(tuple("mild", 3L, "fog"), tuple("mild", 4L, "fog"), tuple("mixed", 4L, "mixed"));
        assertThat(cells.kept.keySet()).extracting(Cell::digest).doesNotHaveDuplicates();
    }

    @Test
    void fingerprintsAreOfPixelsInOrder() throws IOException {
        List<Method> methods = List.of(Methods.source());
        String fog = replay(images("fog", 0))
                .run(Streams.mild(), methods, ReplayListener.NONE)
                .get(0)
                .fingerprint();

        assertThat(replay(images("snow", 0))
                        .run(Streams.mild(), methods, ReplayListener.NONE)
                        .get(0)
                        .fingerprint())
                .isEqualTo(fog)
                .matches("[0-9a-f]{16}");
        assertThat(replay(images("fog", 10))
                        .run(Streams.mild(), methods, ReplayListener.NONE)
                        .get(0)
                        .fingerprint())
                .isNotEqualTo(fog);
        assertThat(replay(images("fog", 0))
                        .run(Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(1), methods, ReplayListener.NONE)
                        .get(0)
                        .fingerprint())
                .isNotEqualTo(fog);
    }

    @Test
    void everyStreamStartsFromTheSourceState() throws IOException {
        List<ReplayResult> results = replay(images("fog", 0), images("snow", 0))
                .run(Streams.mild(), List.of(new Drift()), ReplayListener.NONE);

        assertThat(results).extracting(ReplayResult::corruption).containsExactly("fog", "snow");
        assertThat(results.get(1).scores().windows())
                .isEqualTo(results.get(0).scores().windows());
        assertThat(results.get(1).learning().resets()).isEqualTo(1);
    }

    @Test
    void methodsDoNotSeeEachOther() throws IOException {
        List<ReplayResult> results = replay(images("fog", 10))
                .run(
                        Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(5),
                        List.of(new Drift(), Methods.source()),
                        ReplayListener.NONE);

        assertThat(results).extracting(ReplayResult::method).containsExactly("drift", "source");
        // Ten of 94 images show another class.
        assertThat(results.get(1).correct()).isEqualTo(84);
        assertThat(results.get(1).learning().adaptedSamples()).isZero();
        assertThat(results.get(1).relativeCost()).isEqualTo(1.0);
    }

    @Test
    void costsAreRelativeToASourceThatNeedNotBeListed() throws IOException {
        ReplayResult result = replay(images("fog", 0))
                .run(Streams.mild(), List.of(new Drift()), ReplayListener.NONE)
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
                .run(Streams.mixed().withSeed(1), List.of(Methods.source()), (stream, images) -> {
                    heard.add(stream);
                    sizes.add(images);
                });

        assertThat(results).hasSize(1);
        assertThat(results.get(0).corruption()).isEqualTo("mixed");
        assertThat(results.get(0).samples()).isEqualTo(2 * IMAGES);
        assertThat(results.get(0).correct()).isEqualTo(2 * IMAGES - 10);
        // The domain changes more often than there are batches: no place is worth a mark.
        assertThat(results.get(0).domainChanges()).isEmpty();
        assertThat(results.get(0).scores().domains())
                .isEqualTo(Map.of("fog", new Accuracy(IMAGES, IMAGES - 10), "snow", new Accuracy(IMAGES, IMAGES)));
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
