package io.tta4j.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamSettingTest {

    private static final List<String> CORRUPTIONS = List.of("fog", "snow", "frost");
    private static final int IMAGES = 20_000;
    private static final int CLASSES = 10;

    /** Image i is of class i mod 10. */
    private static final int[] LABELS =
            IntStream.range(0, IMAGES).map(i -> i % CLASSES).toArray();

    @Test
    void storedOrderIsTheOrderOfTheFiles() {
        List<ImageStream> streams = Mild.stored().streams(CORRUPTIONS, LABELS);

        assertThat(streams).extracting(ImageStream::name).containsExactlyElementsOf(CORRUPTIONS);
        assertThat(streams.get(1).positions())
                .isEqualTo(IntStream.range(0, IMAGES)
                        .mapToObj(i -> new Position(1, i))
                        .toList());
    }

    @Test
    void shufflingMeetsEachImageOnceAndNotInPlace() {
        List<Position> positions =
                Mild.shuffled(1).streams(CORRUPTIONS, LABELS).get(2).positions();

        assertThat(new HashSet<>(positions)).hasSize(IMAGES).allMatch(position -> position.set() == 2);
        // In a uniform permutation one image is expected to stay where it was; more than ten has probability 1e-8.
        long fixed = IntStream.range(0, IMAGES)
                .filter(i -> positions.get(i).image() == i)
                .count();
        assertThat(fixed).isLessThanOrEqualTo(10);
    }

    @Test
    void mixedMeetsEachImageOfEachCorruptionOnceInOneStream() {
        List<ImageStream> streams = new Mixed(3).streams(CORRUPTIONS, LABELS);

        assertThat(streams).hasSize(1);
        ImageStream mixed = streams.get(0);
        assertThat(mixed.name()).isEqualTo("mixed");
        assertThat(new HashSet<>(mixed.positions())).hasSize(3 * IMAGES);
        // A third of any long stretch is of the first corruption: 3,333 of 10,000, with a deviation of 43.
        long first = mixed.positions().subList(0, 10_000).stream()
                .filter(position -> position.set() == 0)
                .count();
        assertThat(first).isBetween(3_333L - 5 * 43, 3_333L + 5 * 43);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 9, 91, 500_000})
    void labelShiftDrawsTheStretchsClassAtItsStatedShare(double imbalance) {
        List<Position> positions =
                new LabelShift(imbalance, 7).streams(CORRUPTIONS, LABELS).get(0).positions();

        assertThat(positions).hasSize(IMAGES);
        double share = imbalance / (imbalance + CLASSES - 1);
        int stretch = IMAGES / CLASSES;
        double deviation = Math.sqrt(share * (1 - share) / stretch);
        Set<Integer> prevailing = new HashSet<>();
        for (int t = 0; t < CLASSES; t++) {
            int[] counts = new int[CLASSES];
            positions.subList(t * stretch, (t + 1) * stretch).forEach(position -> counts[LABELS[position.image()]]++);
            int most = IntStream.range(0, CLASSES)
                    .reduce((a, b) -> counts[b] > counts[a] ? b : a)
                    .orElseThrow();
            if (imbalance > 1) {
                prevailing.add(most);
                assertThat(counts[most] / (double) stretch).isCloseTo(share, within(5 * deviation + 1e-4));
            }
            double rest = (1 - share) / (CLASSES - 1);
            double restDeviation = Math.sqrt(rest * (1 - rest) / stretch);
            assertThat(Arrays.stream(counts).min().orElseThrow() / (double) stretch)
                    .isCloseTo(rest, within(5 * restDeviation + 1e-4));
        }
        if (imbalance > 1) {
            // Every class has its stretch.
            assertThat(prevailing).hasSize(CLASSES);
        }
    }

    @Test
    void labelShiftDrawsWithReplacementEvenlyWithinAClass() {
        List<Position> positions =
                new LabelShift(500_000, 11).streams(CORRUPTIONS, LABELS).get(0).positions();

        // Of n images drawn n times with replacement, a share of 1 - 1/e is met at least once.
        long met = positions.stream().map(Position::image).distinct().count();
        assertThat(met / (double) IMAGES).isCloseTo(1 - Math.exp(-1), within(0.01));
    }

    @Test
    void labelShiftKnowsTheClassesThatHaveImages() {
        int[] labels = {5, 5, 7};

        List<Position> positions =
                new LabelShift(1e9, 2).streams(List.of("fog"), labels).get(0).positions();

        // Stretches of two classes over three draws: the first takes two draws, the second one.
        assertThat(positions).hasSize(3);
        int[] drawn = positions.stream()
                .mapToInt(position -> labels[position.image()])
                .toArray();
        assertThat(drawn[0]).isEqualTo(drawn[1]).isNotEqualTo(drawn[2]);
    }

    static Stream<List<StreamSetting>> settingsOfTwoSeeds() {
        return Stream.of(
                List.of(Mild.shuffled(1), Mild.shuffled(1), Mild.shuffled(2)),
                List.of(new Mixed(1), new Mixed(1), new Mixed(2)),
                List.of(new LabelShift(100, 1), new LabelShift(100, 1), new LabelShift(100, 2)));
    }

    @ParameterizedTest
    @MethodSource("settingsOfTwoSeeds")
    void theSeedDeterminesTheStream(List<StreamSetting> settings) {
        List<ImageStream> first = settings.get(0).streams(CORRUPTIONS, LABELS);

        assertThat(settings.get(1).streams(CORRUPTIONS, LABELS)).isEqualTo(first);
        assertThat(settings.get(2).streams(CORRUPTIONS, LABELS)).isNotEqualTo(first);
    }

    @Test
    void theLastBatchHoldsTheRest() {
        Session session = Mild.stored()
                .streams(List.of("fog"), new int[10])
                .get(0)
                .sessions()
                .get(0);

        assertThat(session.batches(4)).extracting(List::size).containsExactly(4, 4, 2);
        assertThat(session.batches(100)).extracting(List::size).containsExactly(10);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void anImbalanceIsAFactorFromOneOn(double imbalance) {
        assertThatThrownBy(() -> new LabelShift(imbalance, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("imbalance must be a number from 1 on, but was " + imbalance);
    }
}
