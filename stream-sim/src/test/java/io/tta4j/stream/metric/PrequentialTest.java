package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PrequentialTest {

    private static final double ROUNDING = 1e-12;

    @Test
    void slidesOverTheLastAnswers() {
        Prequential prequential = Prequential.of(Hits.of(true, true, false, false, true), 2);

        assertThat(prequential.sliding()).isEqualTo(50);
        assertThat(prequential.worst()).isZero();
        assertThat(Prequential.of(Hits.of(true, true, false, false, true), 4).worst())
                .isEqualTo(50);
    }

    @Test
    void aWindowThatIsLongerThanTheStreamHoldsAllOfIt() {
        Prequential prequential = Prequential.of(Hits.of(true, false, true, true), 100);

        assertThat(prequential.sliding()).isEqualTo(75);
        assertThat(prequential.worst()).isEqualTo(75);
    }

    @Test
    void fadesByMoasFactor() {
        double a = 0.999;

        Prequential prequential = Prequential.of(Hits.of(true, true, false, false, true), 2);

        double right = Math.pow(a, 4) + Math.pow(a, 3) + 1;
        double all = (1 - Math.pow(a, 5)) / (1 - a);
        assertThat(prequential.fading()).isCloseTo(100 * right / all, within(1e-9));
    }

    @Test
    void fadingIsToldAlongTheStream() {
        List<Double> fading = Prequential.fading(Hits.of(true, false, true), List.of(0, 1, 2, 2, 3));

        assertThat(fading.subList(0, 2)).containsExactly(0.0, 100.0);
        assertThat(fading.get(2)).isCloseTo(100 * 0.999 / 1.999, within(ROUNDING));
        assertThat(fading.get(3)).isEqualTo(fading.get(2));
        assertThat(fading.get(4)).isCloseTo(100 * (1 + 0.999 * 0.999) / (1 + 0.999 * 1.999), within(ROUNDING));
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> Prequential.of(Hits.of(true), 0)).hasMessage("window must be at least 1, but was 0");
        assertThatThrownBy(() -> Prequential.of(Hits.of(), 1))
                .hasMessage("hits must be of at least one answer, but were of none");
    }
}
