package io.tta4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {

    /** numpy.quantile([7, 1, 4, 2], q). */
    @ParameterizedTest
    @CsvSource({"0, 1", "0.25, 1.75", "0.5, 3", "0.75, 4.75", "1, 7"})
    void quantilesAreThoseOfNumpy(double q, double expected) {
        assertThat(Sample.of(7, 1, 4, 2).quantile(q)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void theMedianOfOneValueIsThatValue() {
        assertThat(Sample.of(3).median()).isEqualTo(3);
    }

    @Test
    void quotientsAreOfValuesOfTheSameRound() {
        assertThat(Sample.of(4, 9).over(Sample.of(2, 3)).values()).isEqualTo(List.of(2.0, 3.0));
    }

    @Test
    void aSampleOfNothingIsRefused() {
        assertThatThrownBy(Sample::of).isInstanceOf(IllegalArgumentException.class);
    }
}
