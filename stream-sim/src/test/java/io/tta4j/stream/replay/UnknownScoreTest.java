package io.tta4j.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.method.Answer;
import io.tta4j.method.Recognition;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class UnknownScoreTest {

    @Test
    void readsTheLogits() {
        // Probabilities 1/4 and 3/4; the exponentials sum to 4.
        Matrix logits = Matrix.of(2, 2, new float[] {9, 9, 0, (float) Math.log(3)});

        Map<String, Double> scores = UnknownScore.of(new Answer(logits, logits), 1);

        assertThat(scores).containsOnlyKeys("softmax", "energy");
        assertThat(scores.get("softmax")).isCloseTo(0.25, within(1e-7));
        assertThat(scores.get("energy")).isCloseTo(-Math.log(4), within(1e-7));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        Matrix logits = Matrix.of(1, 2, new float[] {1000, 1000});

        Map<String, Double> scores = UnknownScore.of(new Answer(logits, logits), 0);

        assertThat(scores.get("softmax")).isCloseTo(0.5, within(1e-12));
        assertThat(scores.get("energy")).isCloseTo(-1000 - Math.log(2), within(1e-9));
    }

    @Test
    void theMethodsOwnScoreComesFirstAndWhatIsNoNumberIsUnknown() {
        Matrix logits = Matrix.of(1, 2, new float[] {1, Float.NaN});
        Recognition recognition =
                new Recognition(List.of("0", "1", "cat"), Matrix.of(1, 3, new float[3]), Vector.of(0.5f), 1);

        Map<String, Double> scores = UnknownScore.of(new Answer(logits, logits, Optional.of(recognition)), 0);

        assertThat(scores.keySet()).containsExactly("recognition", "distance", "softmax", "energy");
        assertThat(scores.get("recognition")).isEqualTo(0.5);
        assertThat(scores.get("distance")).isEqualTo(-0.0);
        assertThat(scores.get("softmax")).isEqualTo(Double.POSITIVE_INFINITY);
    }
}
