package io.tta4j.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tta4j.stream.data.Domain;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamsTest {

    private static final List<Domain> CORRUPTIONS = List.of(Domain.of("fog"), Domain.of("snow"), Domain.of("frost"));

    /** Two corruptions at all severities, then clean images: fog is 0..4, snow 5..9, clean 10. */
    private static final List<Domain> SEVERITIES = Stream.concat(
                    Stream.of("fog", "snow")
                            .flatMap(name -> IntStream.rangeClosed(1, 5).mapToObj(s -> new Domain(name, s))),
                    Stream.of(Domain.CLEAN))
            .toList();

    private static final int IMAGES = 20_000;
    private static final int CLASSES = 10;

    /** Image i is of class i mod 10. */
    private static final int[] LABELS =
            IntStream.range(0, IMAGES).map(i -> i % CLASSES).toArray();

    @Test
    void storedOrderIsTheOrderOfTheFiles() {
        List<ImageStream> streams = Streams.mild().streams(CORRUPTIONS, LABELS);

        assertThat(streams).extracting(ImageStream::name).containsExactly("fog", "snow", "frost");
        assertThat(streams.get(1).positions())
                .isEqualTo(IntStream.range(0, IMAGES)
                        .mapToObj(i -> new Position(1, i))
                        .toList());
    }

    @Test
    void shufflingMeetsEachImageOnceAndNotInPlace() {
        List<Position> positions =
                shuffled(1).streams(CORRUPTIONS, LABELS).get(2).positions();

        assertThat(new HashSet<>(positions)).hasSize(IMAGES).allMatch(position -> position.set() == 2);
        // In a uniform permutation one image is expected to stay where it was; more than ten has probability 1e-8.
        long fixed = IntStream.range(0, IMAGES)
                .filter(i -> positions.get(i).image() == i)
                .count();
        assertThat(fixed).isLessThanOrEqualTo(10);
    }

    @Test
    void mixedMeetsEachImageOfEachCorruptionOnceInOneStream() {
        List<ImageStream> streams = Streams.mixed().withSeed(3).streams(CORRUPTIONS, LABELS);

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
        List<Position> positions = Streams.labelShift(imbalance)
                .withSeed(7)
                .streams(CORRUPTIONS, LABELS)
                .get(0)
                .positions();

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
        List<Position> positions = Streams.labelShift(500_000)
                .withSeed(11)
                .streams(CORRUPTIONS, LABELS)
                .get(0)
                .positions();

        // Of n images drawn n times with replacement, a share of 1 - 1/e is met at least once.
        long met = positions.stream().map(Position::image).distinct().count();
        assertThat(met / (double) IMAGES).isCloseTo(1 - Math.exp(-1), within(0.01));
    }

    @Test
    void labelShiftKnowsTheClassesThatHaveImages() {
        int[] labels = {5, 5, 7};

        List<Position> positions = Streams.labelShift(1e9)
                .withSeed(2)
                .streams(List.of(Domain.of("fog")), labels)
                .get(0)
                .positions();

        // Stretches of two classes over three draws: the first takes two draws, the second one.
        assertThat(positions).hasSize(3);
        int[] drawn = positions.stream()
                .mapToInt(position -> labels[position.image()])
                .toArray();
        assertThat(drawn[0]).isEqualTo(drawn[1]).isNotEqualTo(drawn[2]);
    }

    static Stream<Streams> allThatDraw() {
        return Stream.of(
                shuffled(0),
                Streams.mixed(),
                Streams.labelShift(100),
                Streams.correlated(0.1),
                Streams.continual().withLabels(LabelOrder.shuffled()),
                Streams.gradual().withLabels(LabelOrder.correlated(1)),
                Streams.recurring(2),
                Streams.drift(Transition.gradual(200)),
                Streams.drift(Transition.incremental(200)),
                Streams.markov(0.85, 0.95));
    }

    @ParameterizedTest
    @MethodSource("allThatDraw")
    void theSeedDeterminesTheStream(Streams setting) {
        List<ImageStream> first = setting.withSeed(1).streams(SEVERITIES, LABELS);

        assertThat(setting.withSeed(1).streams(SEVERITIES, LABELS)).isEqualTo(first);
        assertThat(setting.withSeed(2).streams(SEVERITIES, LABELS)).isNotEqualTo(first);
    }

    @Test
    void mildMixedAndLabelShiftDrawAsTheyEverDid() {
        assertThat(fingerprint(shuffled(1))).isEqualTo(308183409);
        assertThat(fingerprint(Streams.mixed().withSeed(1))).isEqualTo(324672241);
        assertThat(fingerprint(Streams.labelShift(100).withSeed(1))).isEqualTo(1597046464);
    }

    private static int fingerprint(Streams setting) {
        int hash = 1;
        for (ImageStream stream : setting.streams(CORRUPTIONS, LABELS)) {
            for (Position position : stream.positions()) {
                hash = 31 * (31 * hash + position.set()) + position.image();
            }
        }
        return hash;
    }

    private static Streams shuffled(long seed) {
        return Streams.mild().withLabels(LabelOrder.shuffled()).withSeed(seed);
    }

    @Test
    void batchOneIsMildOneByOne() {
        List<ImageStream> streams = Streams.batchOne().streams(CORRUPTIONS, LABELS);
        List<ImageStream> mild = Streams.mild().streams(CORRUPTIONS, LABELS);

        assertThat(streams).extracting(ImageStream::batch).containsOnly(OptionalInt.of(1));
        assertThat(streams)
                .extracting(ImageStream::positions)
                .isEqualTo(mild.stream().map(ImageStream::positions).toList());
        assertThat(mild).extracting(ImageStream::batch).containsOnly(OptionalInt.empty());
    }

    @Test
    void correlatedMeetsEachImageOnceInFewRunsOfAClass() {
        List<Position> positions = Streams.correlated(0.1)
                .withSeed(4)
                .streams(CORRUPTIONS, LABELS)
                .get(1)
                .positions();

        assertThat(new HashSet<>(positions)).hasSize(IMAGES).allMatch(position -> position.set() == 1);
        // Ten slots of ten classes each; shuffled, there would be 18,000 runs.
        assertThat(runs(positions)).isBetween(CLASSES, CLASSES * CLASSES);
    }

    @Test
    void aLargeDeltaDividesClassesEvenlyAmongSlots() {
        List<Position> positions = Streams.correlated(1e4)
                .withSeed(5)
                .streams(CORRUPTIONS, LABELS)
                .get(0)
                .positions();

        // Shares of a tenth with a deviation of 0.0009, of 2,000 images: 200 with a deviation of 2 in each slot.
        int slot = IMAGES / CLASSES;
        for (int begin = 0; begin < IMAGES; begin += slot) {
            int[] counts = new int[CLASSES];
            positions.subList(begin, begin + slot).forEach(position -> counts[LABELS[position.image()]]++);
            assertThat(Arrays.stream(counts).boxed().toList())
                    .allSatisfy(count -> assertThat(count).isBetween(160, 240));
        }
    }

    private static int runs(List<Position> positions) {
        return 1
                + (int) IntStream.range(1, positions.size())
                        .filter(i -> LABELS[positions.get(i).image()]
                                != LABELS[positions.get(i - 1).image()])
                        .count();
    }

    @Test
    void continualIsOneStreamThatGoesThroughTheCorruptionsAsTheyAreGiven() {
        List<Domain> reversed = List.of(CORRUPTIONS.get(2), CORRUPTIONS.get(0));

        List<ImageStream> streams = Streams.continual().streams(reversed, new int[4]);

        assertThat(streams).extracting(ImageStream::name).containsExactly("continual");
        assertThat(streams.get(0).positions())
                .containsExactly(at(0, 0), at(0, 1), at(0, 2), at(0, 3), at(1, 0), at(1, 1), at(1, 2), at(1, 3));
        assertThat(streams.get(0).domainChanges()).containsExactly(4);
    }

    @Test
    void severitiesThatASettingDoesNotRampAreLeftOut() {
        ImageStream continual =
                Streams.continual().streams(SEVERITIES, new int[3]).get(0);

        assertThat(continual.positions()).extracting(Position::set).containsExactly(4, 4, 4, 9, 9, 9);
        assertThat(Streams.mild().streams(SEVERITIES, new int[3]))
                .extracting(ImageStream::name)
                .containsExactly("fog", "snow");
        assertThat(Streams.mild().streams(List.of(new Domain("fog", 3)), new int[3]))
                .extracting(ImageStream::name)
                .containsExactly("fog-3");
    }

    @Test
    void gradualRampsSeveritiesUpAndDown() {
        ImageStream gradual = Streams.gradual().streams(SEVERITIES, new int[2]).get(0);

        assertThat(gradual.positions())
                .extracting(Position::set)
                .containsExactlyElementsOf(IntStream.of(0, 1, 2, 3, 4, 3, 2, 1, 0, 5, 6, 7, 8, 9, 8, 7, 6, 5)
                        .flatMap(set -> IntStream.of(set, set))
                        .boxed()
                        .toList());
        assertThatThrownBy(() -> Streams.gradual().streams(CORRUPTIONS, new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the severities of a corruption must be at least two for a ramp, but there was only fog");
    }

    @Test
    void recurringComesBackToEachCorruptionWithEachImageOnce() {
        int cycles = 3;

        List<Position> positions = Streams.recurring(cycles)
                .withSeed(6)
                .streams(CORRUPTIONS, LABELS)
                .get(0)
                .positions();

        assertThat(positions).hasSize(cycles * 3 * IMAGES);
        Set<List<Position>> stretches = new HashSet<>();
        for (int i = 0; i < 3 * cycles; i++) {
            int set = i % 3;
            List<Position> stretch = positions.subList(i * IMAGES, (i + 1) * IMAGES);
            assertThat(new HashSet<>(stretch)).hasSize(IMAGES).allMatch(position -> position.set() == set);
            stretches.add(stretch);
        }
        // No stretch is drawn as another was.
        assertThat(stretches).hasSize(3 * cycles);
        assertThatThrownBy(() -> Streams.recurring(0)).hasMessage("cycles must be at least 1, but was 0");
    }

    @Test
    void cleanImagesComeBetweenCorruptionsAndNotBetweenSeverities() {
        Streams continual = Streams.continual().withCleanStretch(5);

        List<Position> positions =
                continual.streams(SEVERITIES, new int[3]).get(0).positions();

        assertThat(positions).extracting(Position::set).containsExactly(4, 4, 4, 10, 10, 10, 10, 10, 9, 9, 9);
        // Five of three images: the first two come twice.
        assertThat(positions.subList(3, 8)).extracting(Position::image).containsExactly(0, 1, 2, 0, 1);
        assertThat(Streams.gradual()
                        .withCleanStretch(1)
                        .streams(SEVERITIES, new int[1])
                        .get(0)
                        .positions())
                .extracting(Position::set)
                .containsExactly(0, 1, 2, 3, 4, 3, 2, 1, 0, 10, 5, 6, 7, 8, 9, 8, 7, 6, 5);
        assertThatThrownBy(() -> continual.streams(CORRUPTIONS, new int[3]))
                .hasMessage("the setting must have clean images, but there were only [fog, snow, frost]");
    }

    @Test
    void mixedCanBeCorrelated() {
        List<Position> positions = Streams.mixed()
                .withLabels(LabelOrder.correlated(0.1))
                .withSeed(8)
                .streams(CORRUPTIONS, LABELS)
                .get(0)
                .positions();

        assertThat(new HashSet<>(positions)).hasSize(3 * IMAGES);
        assertThat(runs(positions)).isLessThanOrEqualTo(CLASSES * CLASSES);
    }

    static Stream<Arguments> descriptions() {
        return Stream.of(
                arguments(Streams.mild(), "each corruption apart, from the source state; images as stored"),
                arguments(
                        Streams.batchOne(),
                        "each corruption apart, from the source state; images as stored; batches of 1"),
                arguments(
                        Streams.labelShift(500_000),
                        "each corruption apart, from the source state; one class prevails at a time, imbalance"
                                + " 500000.0"),
                arguments(
                        Streams.correlated(0.01),
                        "each corruption apart, from the source state; classes correlated, Dirichlet delta 0.01"),
                arguments(Streams.mixed(), "all corruptions at once; images shuffled"),
                arguments(
                        Streams.continual().withCleanStretch(9),
                        "one corruption after another, never reset; images as stored; 9 clean images in between"),
                arguments(
                        Streams.gradual(),
                        "severities up and down again, one corruption after another, never reset; images as stored"),
                arguments(
                        Streams.recurring(20),
                        "one corruption after another, never reset, 20 cycles; classes correlated, Dirichlet delta 0.1"),
                arguments(
                        Streams.drift(Transition.gradual(50))
                                .withDomains(DomainOrder.drifting(1, List.of(100, 300), true)),
                        "one corruption after another, never reset, from clean images, changing at images"
                                + " 100, 300; images shuffled; gradual drift, sigmoids of width 50.0"),
                arguments(
                        Streams.drift(Transition.incremental(50)),
                        "one corruption after another, never reset; images shuffled;"
                                + " incremental drift, steps of severity over 50 images"),
                arguments(
                        Streams.markov(0.85, 0.95),
                        "all corruptions at once; classes by a Markov chain, correlation 0.95, imbalance 1.0; domains by"
                                + " a Markov chain, correlation 0.85, imbalance 1.0"));
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void saysWhatItIs(Streams setting, String description) {
        assertThat(setting.description()).isEqualTo(description);
    }

    private static Position at(int set, int image) {
        return new Position(set, image);
    }

    @Test
    void theLastBatchHoldsTheRest() {
        Session session = Streams.mild()
                .streams(List.of(Domain.of("fog")), new int[10])
                .get(0)
                .sessions()
                .get(0);

        assertThat(session.batches(4)).extracting(List::size).containsExactly(4, 4, 2);
        assertThat(session.batches(100)).extracting(List::size).containsExactly(10);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void anImbalanceIsAFactorFromOneOn(double imbalance) {
        assertThatThrownBy(() -> Streams.labelShift(imbalance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("imbalance must be a number from 1 on, but was " + imbalance);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> Streams.correlated(0)).hasMessage("delta must be a positive number, but was 0.0");
        assertThatThrownBy(() -> Streams.mild().withBatch(0)).hasMessage("batch must be at least 1, but was 0");
        assertThatThrownBy(() -> Streams.continual().withCleanStretch(-1))
                .hasMessage("a clean stretch must have at least 0 images, but had -1");
    }
}
