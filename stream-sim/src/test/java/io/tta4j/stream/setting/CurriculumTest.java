package io.tta4j.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CurriculumTest {

    private static final int[] LABELS = {9, 0, 5, 3, 5, 7, 1, 6, 9};

    @Test
    void smallestLabelsComeFirst() {
        assertThat(Curriculum.ofClassesPerSession(3, LABELS, 2).introduced())
                .containsExactly(List.of(), List.of(3, 5), List.of(6, 7), List.of(9));
        assertThat(Curriculum.ofClassesPerSession(3, LABELS, 100).introduced())
                .containsExactly(List.of(), List.of(3, 5, 6, 7, 9));
    }

    @Test
    void sessionsShareTheClassesEvenly() {
        assertThat(Curriculum.ofSessions(3, LABELS, 3).introduced())
                .containsExactly(List.of(), List.of(3, 5), List.of(6, 7, 9));
        assertThat(Curriculum.ofSessions(3, LABELS, 6).introduced())
                .containsExactly(List.of(), List.of(3), List.of(5), List.of(6), List.of(7), List.of(9));
    }

    @Test
    void aSingleSessionHasAllFromItsStart() {
        Curriculum curriculum = Curriculum.ofSessions(3, LABELS, 1);

        assertThat(curriculum.introduced()).containsExactly(List.of(3, 5, 6, 7, 9));
        assertThat(curriculum.brought(0)).containsExactly(0, 1, 2, 3, 5, 6, 7, 9);
        assertThat(curriculum.before(0)).isEmpty();
    }

    @Test
    void baseClassesAreThereBeforeTheSecondSession() {
        Curriculum curriculum = Curriculum.ofClassesPerSession(3, LABELS, 2);

        assertThat(curriculum.brought(0)).containsExactly(0, 1, 2);
        assertThat(curriculum.before(2)).containsExactly(0, 1, 2, 3, 5);
        assertThat(curriculum.brought(2)).containsExactly(6, 7);
        assertThat(curriculum.novel()).containsExactly(3, 5, 6, 7, 9);
    }

    @Test
    void refusesWhatCannotBeSpread() {
        assertThatThrownBy(() -> Curriculum.ofClassesPerSession(10, LABELS, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("labels must have novel classes, from 10 on, but the largest was 9");
        assertThatThrownBy(() -> Curriculum.ofClassesPerSession(3, LABELS, 0))
                .hasMessage("classes per session must be at least 1, but was 0");
        assertThatThrownBy(() -> Curriculum.ofSessions(3, LABELS, 7))
                .hasMessage("sessions must be in 1..6, one for the base classes and one for each of the novel ones at"
                        + " most, but was 7");
        assertThatThrownBy(() -> Curriculum.ofSessions(3, LABELS, 0)).hasMessageContaining("but was 0");
    }
}
