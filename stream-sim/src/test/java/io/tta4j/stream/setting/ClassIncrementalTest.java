package io.tta4j.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.stream.data.Domain;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClassIncrementalTest {

    private static final List<Domain> CORRUPTIONS = List.of(Domain.of("fog"), Domain.of("snow"), Domain.of("frost"));
    private static final int CLASSES = 10;
    private static final int PER_CLASS = 40;

    /** Image i is of class i mod 10. */
    private static final int[] LABELS =
            IntStream.range(0, CLASSES * PER_CLASS).map(i -> i % CLASSES).toArray();

    /** Thirty supports of each class. */
    private static final int[] SUPPORTS =
            IntStream.range(0, CLASSES * 30).map(i -> i / 30).toArray();

    /** Six base classes, then two novel ones in each of two sessions. */
    private static final Curriculum CURRICULUM = Curriculum.ofClassesPerSession(6, LABELS, 2);

    private static ClassIncremental setting(int shots, int stretches, double recurring, double preview, long seed) {
        return new ClassIncremental(
                CURRICULUM, Shots.of(SUPPORTS, shots), new Drift(stretches), recurring, preview, seed);
    }

    private static List<Session> sessions(ClassIncremental setting) {
        List<ImageStream> streams = setting.streams(CORRUPTIONS, LABELS);
        assertThat(streams).hasSize(1);
        return streams.get(0).sessions();
    }

    private static Set<Integer> classes(Collection<Position> positions) {
        return positions.stream()
                .map(position -> LABELS[position.image()])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void eachSessionMeetsEveryImageOfTheClassesSeenOnce() {
        List<Session> sessions = sessions(setting(5, 2, 1, 0, 3));

        assertThat(sessions).extracting(session -> session.positions().size()).containsExactly(240, 320, 400);
        assertThat(sessions.get(1).positions().stream().map(Position::image).collect(Collectors.toSet()))
                .hasSize(320);
        assertThat(classes(sessions.get(0).positions())).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(classes(sessions.get(1).positions())).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(classes(sessions.get(2).positions())).hasSize(10);
        assertThat(sessions)
                .allSatisfy(session -> assertThat(session.previewFrom())
                        .isEqualTo(session.positions().size()));
    }

    @Test
    void newClassesBringSupportsOfTheirOwn() {
        List<Session> sessions = sessions(setting(5, 2, 1, 0, 3));

        assertThat(sessions)
                .extracting(session ->
                        session.introduced().stream().map(NewClass::label).toList())
                .containsExactly(List.of(), List.of(6, 7), List.of(8, 9));
        for (Session session : sessions) {
            for (NewClass introduced : session.introduced()) {
                assertThat(introduced.supports())
                        .hasSize(5)
                        .doesNotHaveDuplicates()
                        .allMatch(support -> SUPPORTS[support] == introduced.label());
            }
        }
    }

    @Test
    void fewerShotsAreTheFirstOfMore() {
        NewClass five = sessions(setting(5, 2, 1, 0, 3)).get(2).introduced().get(1);
        NewClass one = sessions(setting(1, 2, 1, 0, 3)).get(2).introduced().get(1);

        assertThat(one.supports()).isEqualTo(five.supports().subList(0, 1));
    }

    @Test
    void corruptionsTakeTurnsWithinSessionsAndBetweenThem() {
        List<Session> sessions = sessions(setting(5, 2, 1, 0, 3));

        // Six stretches over three corruptions: each comes back in a later session.
        int stretch = 0;
        for (Session session : sessions) {
            int half = session.positions().size() / 2;
            assertThat(session.positions().subList(0, half))
                    .extracting(Position::set)
                    .containsOnly(stretch++ % 3);
            assertThat(session.positions().subList(half, 2 * half))
                    .extracting(Position::set)
                    .containsOnly(stretch++ % 3);
        }
    }

    @Test
    void comingClassesShowInTheLastPartOnly() {
        List<Session> sessions = sessions(setting(5, 2, 1, 0.25, 3));

        // A quarter of 240 images, and of the 80 of the two classes that come next.
        Session first = sessions.get(0);
        assertThat(first.previewFrom()).isEqualTo(180);
        assertThat(first.positions()).hasSize(240 + 20);
        assertThat(classes(first.positions().subList(0, 180))).containsExactly(0, 1, 2, 3, 4, 5);
        List<Position> shown = first.positions().subList(180, 260);
        assertThat(shown.stream().filter(position -> LABELS[position.image()] > 5))
                .hasSize(20);
        assertThat(classes(shown)).containsAnyOf(6, 7).doesNotContain(8, 9);
        assertThat(sessions.get(1).previewFrom()).isEqualTo(240);
        // Nothing comes after the last session.
        assertThat(sessions.get(2).previewFrom()).isEqualTo(400);
        assertThat(sessions.get(2).positions()).hasSize(400);
    }

    @Test
    void someClassesComeBack() {
        List<Session> half = sessions(setting(5, 2, 0.5, 0, 3));
        List<Session> none = sessions(setting(5, 2, 0, 0, 3));

        // Of six classes three and of eight four come back, beside the two that are new.
        assertThat(classes(half.get(1).positions())).hasSize(5).contains(6, 7);
        assertThat(classes(half.get(2).positions())).hasSize(6).contains(8, 9);
        assertThat(none)
                .extracting(session -> classes(session.positions()))
                .containsExactly(Set.of(0, 1, 2, 3, 4, 5), Set.of(6, 7), Set.of(8, 9));
    }

    @Test
    void aSingleSessionIsAStreamACorruptionOverAllClasses() {
        ClassIncremental setting = new ClassIncremental(
                Curriculum.ofSessions(6, LABELS, 1), Shots.of(SUPPORTS, 5), new Drift(2), 1, 0.25, 3);

        List<ImageStream> streams = setting.streams(CORRUPTIONS, LABELS);

        assertThat(streams).extracting(ImageStream::name).containsExactly("fog", "snow", "frost");
        for (int set = 0; set < 3; set++) {
            Session session = streams.get(set).sessions().get(0);
            assertThat(streams.get(set).sessions()).hasSize(1);
            assertThat(session.positions())
                    .hasSize(400)
                    .extracting(Position::set)
                    .containsOnly(set);
            assertThat(new HashSet<>(session.positions())).hasSize(400);
            assertThat(session.introduced()).extracting(NewClass::label).containsExactly(6, 7, 8, 9);
            assertThat(session.introduced())
                    .isEqualTo(streams.get(0).sessions().get(0).introduced());
            assertThat(session.previewFrom()).isEqualTo(400);
        }
    }

    @Test
    void theSeedDeterminesTheStream() {
        assertThat(sessions(setting(5, 2, 0.5, 0.25, 8))).isEqualTo(sessions(setting(5, 2, 0.5, 0.25, 8)));
        assertThat(sessions(setting(5, 2, 0.5, 0.25, 9))).isNotEqualTo(sessions(setting(5, 2, 0.5, 0.25, 8)));
    }

    @Test
    void describesItselfInALine() {
        assertThat(setting(5, 2, 1, 0.25, 8).description())
                .isEqualTo("6 base classes, novel [6, 7, 8, 9], 5-shot, introduced by session [[], [6, 7], [8, 9]],"
                        + " 2 corruptions a session, recurring 1.0, preview 0.25");
    }

    @Test
    void refusesMoreShotsThanSupports() {
        assertThatThrownBy(() -> setting(31, 2, 1, 0, 3).streams(CORRUPTIONS, LABELS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shots must be at most the supports of each novel class, but was 31 and class 6 has 30");
        assertThatThrownBy(() -> Shots.of(SUPPORTS, 0)).hasMessage("shots must be at least 1, but was 0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void sharesAreInZeroToOne(double share) {
        assertThatThrownBy(() -> setting(5, 2, share, 0, 3))
                .hasMessage("recurring must be a share in 0..1, but was " + share);
        assertThatThrownBy(() -> setting(5, 2, 1, share, 3))
                .hasMessage("preview must be a share in 0..1, but was " + share);
    }

    @Test
    void refusesSessionsWithoutImages() {
        int[] novelOnly = {6, 7};

        assertThatThrownBy(() -> setting(5, 2, 1, 0, 3).streams(CORRUPTIONS, novelOnly))
                .hasMessage("session 0 must have images of its classes [0, 1, 2, 3, 4, 5], but there were none");
        assertThatThrownBy(() -> new Drift(0)).hasMessage("corruptions per session must be at least 1, but was 0");
    }
}
