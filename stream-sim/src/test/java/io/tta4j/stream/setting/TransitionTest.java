package io.tta4j.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TransitionTest {

    private static final int IMAGES = 50_000;

    /** Image i is of class i mod 10. */
    private static final int[] LABELS =
            IntStream.range(0, IMAGES).map(i -> i % 10).toArray();

    private static final List<Domain> TWO = List.of(Domain.of("fog"), Domain.of("snow"));

    private static List<Integer> sets(Streams setting, List<Domain> domains, int[] labels) {
        return setting.streams(domains, labels).get(0).positions().stream()
                .map(Position::set)
                .toList();
    }

    private static long count(List<Integer> sets, int from, int to, int set) {
        return sets.subList(from, to).stream().filter(s -> s == set).count();
    }

    @ParameterizedTest
    @ValueSource(doubles = {2000, 400})
    void gradualDriftFollowsTheSigmoid(double width) {
        List<Integer> sets = sets(Streams.drift(Transition.gradual(width)).withSeed(1), TWO, LABELS);

        assertThat(sets).hasSize(2 * IMAGES);
        // Before the change: sum over d >= 1 of 1 / (1 + exp(4 d / w)) = w ln 2 / 4 - 1 / 4, with variance w / 8; after
        // it
        // as many of the old one, but for the image at the change.
        double expected = width * Math.log(2) / 4;
        double deviation = Math.sqrt(width / 8);
        assertThat(count(sets, 0, IMAGES, 1))
                .isBetween(Math.round(expected - 5 * deviation), Math.round(expected + 5 * deviation));
        assertThat(count(sets, IMAGES, 2 * IMAGES, 0))
                .isBetween(Math.round(expected - 5 * deviation), Math.round(expected + 5 * deviation));
        // A half width on it is 1 / (1 + exp(-2)) = 0.8808.
        int on = IMAGES + (int) width / 2;
        int around = (int) width / 20;
        double share = count(sets, on - around, on + around, 1) / (2.0 * around);
        assertThat(share).isCloseTo(0.8808, within(5 * Math.sqrt(0.8808 * 0.1192 / (2 * around))));
    }

    @Test
    void driftChangesTheDomainsAndNotTheImages() {
        Streams abrupt = Streams.drift(Transition.abrupt()).withSeed(2);
        Streams gradual = Streams.drift(Transition.gradual(3000)).withSeed(2);

        List<Position> images = gradual.streams(TWO, LABELS).get(0).positions();

        assertThat(images)
                .extracting(Position::image)
                .isEqualTo(abrupt.streams(TWO, LABELS).get(0).positions().stream()
                        .map(Position::image)
                        .toList());
        assertThat(images.subList(0, IMAGES).stream().map(Position::image).distinct())
                .hasSize(IMAGES);
    }

    @Test
    void abruptDriftChangesAtItsPositions() {
        Streams setting = Streams.drift(Transition.abrupt()).withDomains(DomainOrder.drifting(1, List.of(2, 7), true));
        List<Domain> domains = List.of(Domain.of("fog"), Domain.of("snow"), Domain.CLEAN);

        assertThat(sets(setting, domains, new int[3])).containsExactly(2, 2, 0, 0, 0, 0, 0, 1, 1);
        ImageStream stream = setting.streams(domains, new int[3]).get(0);
        assertThat(stream.domainChanges()).containsExactly(2, 7);
        assertThatThrownBy(() -> setting.streams(TWO, new int[3]))
                .hasMessage("the setting must have clean images, but there were only [fog, snow]");
    }

    @ParameterizedTest
    @CsvSource({"'2', 2", "'2;2', 2", "'0;4', 2", "'4;9', 2", "'4;5;6', 2"})
    void positionsAscendWithinTheStream(String text, int needed) {
        List<Integer> positions =
                Stream.of(text.split(";", -1)).map(Integer::valueOf).toList();
        Streams setting = Streams.drift(Transition.abrupt()).withDomains(DomainOrder.drifting(1, positions, false));

        assertThatThrownBy(() -> setting.streams(List.of(Domain.of("a"), Domain.of("b"), Domain.of("c")), new int[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "positions must be %d ascending ones in 1..8, one between each two of the 3 domains, but were"
                                        .formatted(needed)
                                + " " + positions);
    }

    @Test
    void recurringDriftGoesBackAndForth() {
        Streams setting = Streams.drift(Transition.gradual(1e-3)).withDomains(DomainOrder.recurring(2));

        List<Integer> sets = sets(setting, TWO, new int[100]);

        // So narrow a sigmoid is a step; at the change itself it is a half.
        for (int stretch = 0; stretch < 4; stretch++) {
            assertThat(sets.subList(100 * stretch + 1, 100 * (stretch + 1))).containsOnly(stretch % 2);
        }
    }

    /** Fog at severities 1..5 is 0..4, snow 5..9. */
    private static List<Domain> severities() {
        return Stream.of("fog", "snow")
                .flatMap(name -> IntStream.rangeClosed(1, 5).mapToObj(severity -> new Domain(name, severity)))
                .toList();
    }

    @Test
    void incrementalDriftStepsThroughSmallerSeverities() {
        List<Integer> sets = sets(Streams.drift(Transition.incremental(80)), severities(), new int[100]);

        List<Integer> expected = new ArrayList<>(Collections.nCopies(60, 4));
        for (int set : new int[] {3, 2, 1, 0, 5, 6, 7, 8}) {
            expected.addAll(Collections.nCopies(10, set));
        }
        expected.addAll(Collections.nCopies(60, 9));
        assertThat(sets).isEqualTo(expected);
    }

    @Test
    void incrementalDriftPassesCleanImages() {
        List<Domain> domains = new ArrayList<>(severities());
        domains.add(Domain.CLEAN);

        Streams setting =
                Streams.drift(Transition.incremental(36)).withDomains(DomainOrder.drifting(1, List.of(), true));

        List<Integer> sets = sets(setting, domains, new int[50]);

        List<Integer> expected = new ArrayList<>(Collections.nCopies(32, 10));
        IntStream.rangeClosed(0, 3).forEach(set -> expected.addAll(Collections.nCopies(9, set)));
        expected.addAll(Collections.nCopies(14, 4));
        for (int set : new int[] {3, 2, 1, 0, 10, 5, 6, 7, 8}) {
            expected.addAll(Collections.nCopies(4, set));
        }
        expected.addAll(Collections.nCopies(32, 9));
        assertThat(sets).isEqualTo(expected);
    }

    @Test
    void incrementalDriftNeedsRoomAndSeverities() {
        assertThatThrownBy(() -> sets(Streams.drift(Transition.incremental(101)), severities(), new int[100]))
                .hasMessage("width must be at most 100, the images of a stretch, but was 101");
        assertThatThrownBy(() -> sets(Streams.drift(Transition.incremental(10)), TWO, new int[100]))
                .hasMessage("an incremental drift must have smaller severities to go through, but there were only"
                        + " [fog, snow]");
        assertThatThrownBy(() -> Transition.gradual(0))
                .hasMessage("width must be a positive number of images, but was 0.0");
    }

    @Test
    void domainsAndClassesAreTwoChains() {
        List<Domain> domains = List.of(Domain.of("fog"), Domain.of("snow"), Domain.of("frost"));
        Streams setting = Streams.markov(0.8, 0.9)
                .withLabels(LabelOrder.markov(0.9, 4))
                .withTransition(Transition.markov(0.8, 3))
                .withSeed(11);

        List<Position> positions = setting.streams(domains, LABELS).get(0).positions();

        assertThat(positions).hasSize(3 * IMAGES);
        int steps = positions.size();
        double independent = steps / 40.0;
        double classes =
                IntStream.range(0, 10).mapToDouble(i -> Math.pow(4, -i / 9.0)).sum();
        double sets = 1 + Math.pow(3, -0.5) + 1 / 3.0;
        for (int set = 0; set < 3; set++) {
            for (int label = 0; label < 10; label++) {
                int ofSet = set;
                int ofLabel = label;
                double share = Math.pow(3, -set / 2.0) / sets * Math.pow(4, -label / 9.0) / classes;
                long met = positions.stream()
                        .filter(p -> p.set() == ofSet && LABELS[p.image()] == ofLabel)
                        .count();
                assertThat(met / (double) steps)
                        .isCloseTo(share, within(5 * Math.sqrt(share * (1 - share) / independent)));
            }
        }
        long together = IntStream.range(1, steps)
                .filter(t -> positions.get(t).set() == 0
                        && positions.get(t - 1).set() == 0
                        && LABELS[positions.get(t).image()] == 0
                        && LABELS[positions.get(t - 1).image()] == 0)
                .count();
        long both = IntStream.range(1, steps)
                .filter(t -> positions.get(t - 1).set() == 0
                        && LABELS[positions.get(t - 1).image()] == 0)
                .count();
        assertThat(together / (double) both).isCloseTo(0.8 * 0.9, within(5 * Math.sqrt(0.72 * 0.28 / both)));
    }

    @Test
    void noImageOfAClassComesAgainBeforeAllHaveCome() {
        List<Position> positions = Streams.markov(0.5, 0.6)
                .withSeed(12)
                .streams(TWO, LABELS)
                .get(0)
                .positions();

        for (int label = 0; label < 10; label++) {
            int own = label;
            List<Integer> images = positions.stream()
                    .map(Position::image)
                    .filter(image -> LABELS[image] == own)
                    .toList();
            assertThat(new HashSet<>(images.subList(0, IMAGES / 10))).hasSize(IMAGES / 10);
        }
    }
}
