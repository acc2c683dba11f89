package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SpreadTest {

    @Test
    void deviationIsOfASample() {
        assertThat(Spread.of(2, 4, 4, 4, 5, 5, 7, 9).mean()).isEqualTo(5);
        // The squares' sum is 32.
        assertThat(Spread.of(2, 4, 4, 4, 5, 5, 7, 9).deviation()).hasValue(Math.sqrt(32.0 / 7));
        assertThat(Spread.of(3).deviation()).isEmpty();
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void forgettingIsAgainstTheSource() {
        assertThat(new CleanForgetting(new Accuracy(8, 4), new Accuracy(4, 3)).points())
                .isEqualTo(25);
    }
}
