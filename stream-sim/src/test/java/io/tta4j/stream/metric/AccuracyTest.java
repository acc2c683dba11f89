package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class AccuracyTest {

    @Test
    void isAShareInPercent() {
        assertThat(new Accuracy(8, 3).percent()).hasValue(37.5);
        assertThat(Accuracy.NONE.percent()).isEmpty();
    }

    @Test
    void addsUp() {
        assertThat(new Accuracy(8, 3).with(true).with(false)).isEqualTo(new Accuracy(10, 4));
        assertThat(new Accuracy(8, 3).plus(new Accuracy(2, 2))).isEqualTo(new Accuracy(10, 5));
    }

    @Test
    void refusesMoreThanAll() {
        assertThatThrownBy(() -> new Accuracy(2, 3)).hasMessage("correct must be in 0..2, but was 3");
    }
}
