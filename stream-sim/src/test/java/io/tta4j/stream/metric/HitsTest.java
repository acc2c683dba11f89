package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class HitsTest {

    @Test
    void areBitsFromTheLowestOn() {
        // Bits 0 and 3 of the first byte, bit 1 of the second: 0x09, 0x02.
        Hits hits = Hits.of(true, false, false, true, false, false, false, false, false, true, false);

        assertThat(hits.toBase64()).isEqualTo("CQI=");
        assertThat(Hits.ofBase64("CQI=", 11)).isEqualTo(hits).hasSameHashCodeAs(hits);
        assertThat(hits.accuracy()).isEqualTo(new Accuracy(11, 3));
        assertThat(hits.get(3)).isTrue();
        assertThat(hits.get(10)).isFalse();
    }

    @Test
    void wrongAnswersAtTheEndCount() {
        assertThat(Hits.of(false, false).accuracy()).isEqualTo(new Accuracy(2, 0));
        assertThat(Hits.ofBase64("", 2)).isEqualTo(Hits.of(false, false)).isNotEqualTo(Hits.of(false));
    }

    @Test
    void refusesBitsBeyondTheAnswers() {
        assertThatThrownBy(() -> Hits.ofBase64("CQI=", 9)).hasMessage("hits must be bits of 9 answers, but were 10");
        assertThatThrownBy(() -> Hits.ofBase64("?", 9)).isInstanceOf(IllegalArgumentException.class);
    }
}
