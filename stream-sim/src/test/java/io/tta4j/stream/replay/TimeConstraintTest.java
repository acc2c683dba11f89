package io.tta4j.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeConstraintTest {

    /** max(0, ceil(eta r) - 1) by hand. */
    @ParameterizedTest
    @CsvSource({
        "0, 9, 0",
        "1, 1, 0",
        "1, 2, 1",
        "1, 2.2, 2",
        "1, 4, 3",
        "0.5, 4, 1",
        "0.25, 4, 0",
        "0.3, 4, 1",
        "1, 0.5, 0"
    })
    void aStreamThatDoesNotWaitLeavesBatchesOut(double eta, double costRatio, int onlyPredicted) {
        assertThat(new TimeConstraint(eta, Map.of()).onlyPredicted(costRatio)).isEqualTo(onlyPredicted);
    }

    @Test
    void refusesWhatIsNoSpeed() {
        assertThatThrownBy(() -> new TimeConstraint(1.5, Map.of())).hasMessage("eta must be in 0..1, but was 1.5");
        assertThatThrownBy(() -> new TimeConstraint(Double.NaN, Map.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TimeConstraint(1, Map.of("sar", 0.5)))
                .hasMessage("the cost ratio of sar must be a number from 1 on, but was 0.5");
    }
}
