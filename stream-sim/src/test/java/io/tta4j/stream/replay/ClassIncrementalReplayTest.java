package io.tta4j.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.method.Methods;
import io.tta4j.stream.NearestMean;
import io.tta4j.stream.PixelModel;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.setting.ClassIncremental;
import io.tta4j.stream.setting.Curriculum;
import io.tta4j.stream.setting.Drift;
import io.tta4j.stream.setting.Shots;
import io.tta4j.stream.setting.Streams;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Replays a model of four classes over images of six: one of class c has c for its red, and the learner of classes is
 * right wherever it was told of a class. Labels 5 and 8 are novel, so that a class's number is not its label.
 */
final class ClassIncrementalReplayTest {

    private static final int PER_CLASS = 20;
    private static final int[] CLASSES = {0, 1, 2, 3, 5, 8};

    private static final int[] LABELS = IntStream.range(0, PER_CLASS * CLASSES.length)
            .map(i -> CLASSES[i % CLASSES.length])
            .toArray();

    /** Images of which each shows a class. */
    private record Shown(String name, int count, IntUnaryOperator shown) implements Images {

        /** Each shows its own. */
        static Shown truly(String name) {
            return new Shown(name, LABELS.length, index -> LABELS[index]);
        }

        @Override
        public ImageShape shape() {
            return new ImageShape(1, 1, 3);
        }

        @Override
        public void read(int index, byte[] target) {
            target[0] = (byte) shown.applyAsInt(index);
        }
    }

    private static LabelledSamples supports() {
        int[] labels = {5, 8, 5, 8, 0};
        return LabelledSamples.of(new Shown("supports", labels.length, index -> labels[index]), labels);
    }

    private static List<ReplayResult> replay(ClassIncremental setting, Images... sets) throws IOException {
        Replay replay = new Replay(new PixelModel(), List.of(sets), LABELS, supports(), Preprocessing.ofDefaults(), 7);
        return replay.run(setting, List.of(Methods.source(), new NearestMean()), ReplayListener.NONE);
    }

    private static ClassIncremental setting(Curriculum curriculum, int stretches, double preview) {
        return new ClassIncremental(curriculum, Shots.of(supports().labels(), 2), new Drift(stretches), 1, preview, 11);
    }

    @Test
    void classesAreKnownFromTheirSessionOn() throws IOException {
        ClassIncremental setting = setting(Curriculum.ofClassesPerSession(4, LABELS, 1), 1, 0.5);

        List<ReplayResult> results = replay(setting, Shown.truly("fog"));

        ReplayResult learner = results.get(1);
        IncrementalResult incremental = learner.incremental().orElseThrow();
        assertThat(learner.corruption()).isEqualTo("class-incremental");
        assertThat(incremental.seed()).isEqualTo(11);
        assertThat(incremental.sessions())
                .extracting(SessionResult::accuracy)
                .containsExactly(
                        new BaseNovel(new Accuracy(80, 80), Accuracy.NONE),
                        new BaseNovel(new Accuracy(80, 80), new Accuracy(20, 20)),
                        new BaseNovel(new Accuracy(80, 80), new Accuracy(40, 40)));
        assertThat(incremental.sessions())
                .extracting(SessionResult::introduced)
                .containsExactly(List.of(), List.of(5), List.of(8));
        // Half of the twenty images of each coming class are shown before it is named, and count in no accuracy.
        assertThat(incremental.sessions()).extracting(SessionResult::unnamed).containsExactly(10, 10, 0);
        assertThat(learner.samples()).isEqualTo(80 + 10 + 100 + 10 + 120);
        assertThat(learner.accuracy()).isEqualTo(100);
        assertThat(learner.scores().windows())
                .allSatisfy(window -> assertThat(window.accuracy().percent()).hasValue(100));
        assertThat(learner.scores().hits().size()).isEqualTo(300);
        // Classes 5 and 8 have the numbers 4 and 5; no logit is theirs, so no calibration is measured.
        assertThat(learner.scores().classes().subList(3, 6))
                .containsExactly(new Accuracy(60, 60), new Accuracy(40, 40), new Accuracy(20, 20));
        assertThat(learner.scores().calibration()).isEmpty();
        assertThat(incremental.drop()).hasValue(0);
        assertThat(incremental.forgetting()).hasValue(0);
    }

    @Test
    void unknownClassesAreToldFromBaseClassesBeforeNaming() throws IOException {
        ClassIncremental setting = setting(Curriculum.ofClassesPerSession(4, LABELS, 1), 1, 0.5);

        List<SessionResult> sessions = replay(setting, Shown.truly("fog"))
                .get(1)
                .incremental()
                .orElseThrow()
                .sessions();

        // The learner's score is the red, 0..3 in base classes and 5 or 8 in others; scores and logits are one-hot in
        // all of them.
        assertThat(sessions.get(0).unknown())
                .isEqualTo(Map.of(
                        "recognition", new Detection(40, 10, 1, 0),
                        "distance", new Detection(40, 10, 0.5, 1),
                        "softmax", new Detection(40, 10, 0.5, 1),
                        "energy", new Detection(40, 10, 0.5, 1)));
        // Class 5 is named by then, and neither a base class nor unknown: some of the 50 images from the half on are
        // left out.
        Detection second = sessions.get(1).detection().orElseThrow();
        assertThat(second.auroc()).isEqualTo(1);
        assertThat(second.known()).isLessThan(50);
        assertThat(second.unknown()).isEqualTo(10);
        assertThat(sessions.get(2).detection()).isEmpty();
    }

    @Test
    void whatLearnsNoClassesNamesBaseClassesOnly() throws IOException {
        ClassIncremental setting = setting(Curriculum.ofClassesPerSession(4, LABELS, 1), 1, 0.5);

        IncrementalResult source =
                replay(setting, Shown.truly("fog")).get(0).incremental().orElseThrow();

        assertThat(source.accuracy()).isEqualTo(new BaseNovel(new Accuracy(240, 240), new Accuracy(60, 0)));
        assertThat(source.accuracy().harmonicMean()).hasValue(0);
        // All of 80, then 80 of 120.
        assertThat(source.drop().orElseThrow()).isEqualTo(100 - 100.0 * 80 / 120);
        assertThat(source.sessions().get(0).detection()).contains(new Detection(40, 10, 0.5, 1));
    }

    @Test
    void forgettingAndCorruptionsFollowTheDrift() throws IOException {
        // Under snow every image looks like class 8: base classes are got wrong until it is named, and after.
        ClassIncremental setting = setting(Curriculum.ofClassesPerSession(4, LABELS, 1), 1, 0);

        IncrementalResult learner = replay(
                        setting, Shown.truly("fog"), Shown.truly("rain"), new Shown("snow", LABELS.length, index -> 8))
                .get(1)
                .incremental()
                .orElseThrow();

        assertThat(learner.sessions())
                .extracting(SessionResult::corruptions)
                .containsExactly(List.of("fog"), List.of("rain"), List.of("snow"));
        assertThat(learner.corruptions())
                .isEqualTo(Map.of(
                        "fog", new BaseNovel(new Accuracy(80, 80), Accuracy.NONE),
                        "rain", new BaseNovel(new Accuracy(80, 80), new Accuracy(20, 20)),
                        "snow", new BaseNovel(new Accuracy(80, 0), new Accuracy(40, 20))));
        // Base classes and class 5 fell from 100 to 0.
        assertThat(learner.sessions().get(1).forgetting()).hasValue(0);
        assertThat(learner.forgetting()).hasValue(100);
        assertThat(learner.drop().orElseThrow()).isEqualTo(100 - 100.0 * 20 / 120);
    }

    @Test
    void aSingleSessionStartsFromTheSourceUnderEachCorruption() throws IOException {
        ClassIncremental setting = setting(Curriculum.ofSessions(4, LABELS, 1), 2, 0.5);

        List<ReplayResult> results = replay(setting, Shown.truly("fog"), Shown.truly("rain"));

        assertThat(results).extracting(ReplayResult::corruption).containsExactly("fog", "fog", "rain", "rain");
        for (ReplayResult result : List.of(results.get(1), results.get(3))) {
            IncrementalResult incremental = result.incremental().orElseThrow();
            assertThat(incremental.accuracy()).isEqualTo(new BaseNovel(new Accuracy(80, 80), new Accuracy(40, 40)));
            assertThat(incremental.accuracy().harmonicMean()).hasValue(100);
            assertThat(incremental.drop()).isEmpty();
            assertThat(incremental.forgetting()).isEmpty();
            assertThat(incremental.auroc()).isEmpty();
        }
    }

    @Test
    void otherSettingsSayNothingOfIt() throws IOException {
        int[] base = {0, 1, 2, 3};
        List<ReplayResult> results = new Replay(
                        new PixelModel(),
                        List.of(new Shown("fog", base.length, index -> base[index])),
                        base,
                        Preprocessing.ofDefaults(),
                        2)
                .run(Streams.mild(), List.of(new NearestMean()), ReplayListener.NONE);

        assertThat(results.get(0).incremental()).isEmpty();
        assertThat(results.get(0).accuracy()).isEqualTo(100);
    }

    @Test
    void refusesSupportsOfAnotherShape() {
        Images wide = new Images() {
            @Override
            public String name() {
                return "images";
            }

            @Override
            public int count() {
                return 1;
            }

            @Override
            public ImageShape shape() {
                return new ImageShape(1, 2, 3);
            }

            @Override
            public void read(int index, byte[] target) {}
        };

        assertThatThrownBy(() -> new Replay(
                        new PixelModel(),
                        List.of(Shown.truly("fog")),
                        LABELS,
                        LabelledSamples.of(wide, new int[] {5}),
                        Preprocessing.ofDefaults(),
                        2))
                .hasMessage("all samples must have the same shape, but images had 1x2x3 where fog had 1x1x3");
    }
}
