package io.tta4j.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecognitionTest {

    private static final Matrix LOGITS = Matrix.of(2, 2, new float[] {3, 1, 0, 2});
    private static final Matrix SCORES = Matrix.of(2, 3, new float[] {0.9f, 0.1f, 0.2f, 0.1f, 0.2f, 0.8f});

    @Test
    void namesTheLargestScoreAndFlagsWhatIsAboveTheThreshold() {
        Recognition recognition = new Recognition(List.of("cat", "dog", "fox"), SCORES, Vector.of(0.5f, 0.75f), 0.5);

        assertThat(recognition.name(0)).isEqualTo("cat");
        assertThat(recognition.name(1)).isEqualTo("fox");
        assertThat(recognition.isFlagged(0)).as("at the threshold").isFalse();
        assertThat(recognition.isFlagged(1)).isTrue();
    }

    @Test
    void leadsTheAnswerWhereThereIsOne() {
        Recognition recognition = new Recognition(List.of("cat", "dog", "fox"), SCORES, Vector.zeros(2), 0);

        assertThat(new Answer(LOGITS, LOGITS).predictions()).containsExactly(0, 1);
        assertThat(new Answer(LOGITS, LOGITS, Optional.of(recognition)).predictions())
                .containsExactly(0, 2);
    }

    @Test
    void keepsNamesOfItsOwn() {
        List<String> names = new ArrayList<>(List.of("cat", "dog", "fox"));
        Recognition recognition = new Recognition(names, SCORES, Vector.zeros(2), 0);
        names.set(0, "cow");

        assertThat(recognition.name(0)).isEqualTo("cat");
    }

    @Test
    void refusesShapesThatDoNotGoTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Recognition(List.of("cat", "dog"), SCORES, Vector.zeros(2), 0))
                .withMessage(
                        "scores must be of shape [2, 2] for as many unknown scores and classes, but were %s", SCORES);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Recognition(List.of("cat", "dog", "fox"), SCORES, Vector.zeros(3), 0))
                .withMessageContaining("[3, 3]");
    }
}
