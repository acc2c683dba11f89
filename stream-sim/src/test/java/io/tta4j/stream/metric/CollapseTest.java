package io.tta4j.stream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CollapseTest {

    private static final double ROUNDING = 1e-12;

    @Test
    void entropyIsOfShares() {
        assertThat(ClassCounts.of(5, 5, 5, 5).entropy()).isCloseTo(Math.log(4), within(ROUNDING));
        assertThat(ClassCounts.of(0, 7, 0).entropy()).isZero();
        assertThat(ClassCounts.of(0, 0).entropy()).isZero();
        // 3/4 and 1/4.
        assertThat(ClassCounts.of(3, 0, 1).entropy()).isCloseTo(Math.log(4) - 0.75 * Math.log(3), within(ROUNDING));
    }

    @Test
    void countsAddUp() {
        assertThat(ClassCounts.of(1, 2).plus(ClassCounts.of(3, 0))).isEqualTo(ClassCounts.of(4, 2));
        assertThatThrownBy(() -> ClassCounts.of(1, 2).plus(ClassCounts.of(1)))
                .hasMessage("counts must be of 2 classes, but were of 1");
    }

    @Test
    void aCollapseShowsBesideTheSource() {
        Collapse collapse = Collapse.of(
                List.of(ClassCounts.of(2, 2), ClassCounts.of(4, 0)),
                List.of(ClassCounts.of(2, 2), ClassCounts.of(2, 2)));

        assertThat(collapse.whole()).isCloseTo(Math.log(4) - 0.75 * Math.log(3), within(ROUNDING));
        assertThat(collapse.lowest()).isZero();
        assertThat(collapse.sourceWhole()).isCloseTo(Math.log(2), within(ROUNDING));
        assertThat(collapse.sourceLowest()).isCloseTo(Math.log(2), within(ROUNDING));
    }
}
