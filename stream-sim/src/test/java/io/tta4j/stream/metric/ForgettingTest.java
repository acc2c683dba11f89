package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ForgettingTest {

    private static final Map<Integer, Accuracy> FIRST = Map.of(0, new Accuracy(10, 8));
    private static final Map<Integer, Accuracy> SECOND = Map.of(0, new Accuracy(10, 9), 1, new Accuracy(10, 5));
    private static final Map<Integer, Accuracy> THIRD =
            Map.of(0, new Accuracy(10, 6), 1, new Accuracy(10, 6), 2, new Accuracy(10, 1));

    @Test
    void isTheMeanFallFromTheBest() {
        // 80 to 90 is a gain.
        assertThat(Forgetting.inLast(List.of(FIRST, SECOND)).orElseThrow()).isCloseTo(-10, within(1e-12));
        // 90 to 60 and 50 to 60, of which the mean is (30 - 10) / 2; what came last cannot be forgotten.
        assertThat(Forgetting.inLast(List.of(FIRST, SECOND, THIRD)).orElseThrow())
                .isCloseTo(10, within(1e-12));
    }

    @Test
    void theFirstSessionHasNothingToForget() {
        assertThat(Forgetting.inLast(List.of(THIRD))).isEmpty();
    }

    @Test
    void classesThatDoNotComeBackDoNotCount() {
        assertThat(Forgetting.inLast(List.of(FIRST, SECOND, Map.of(1, new Accuracy(10, 4)))))
                .hasValue(10);
        assertThat(Forgetting.inLast(List.of(FIRST, Map.of(1, new Accuracy(10, 4)))))
                .isEmpty();
    }
}
