package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsTest {

    @ParameterizedTest
    @CsvSource({
        "source, 0, source",
        "batch, 1, batch",
        "0.25, 0.25, 0.25",
        "0, 0, source",
        "-0.0, 0, source",
        "1.0, 1, batch"
    })
    void readsNamesAndWeights(String text, double weight, String written) {
        Statistics statistics = Statistics.parse("sar.statistics", text);

        assertThat(statistics).isEqualTo(new Statistics(weight)).hasToString(written);
        assertThat(statistics.useBatch()).isEqualTo(weight > 0);
    }

    @ParameterizedTest
    @CsvSource({
        "moving, 300, moving",
        "moving(300), 300, moving",
        "moving(1000), 1000, moving(1000.0)",
        "' moving(1) ', 1, moving(1.0)"
    })
    void readsWindows(String text, double window, String written) {
        Statistics statistics = Statistics.parse("sar.statistics", text);

        assertThat(statistics).isEqualTo(Statistics.moving(window)).hasToString(written);
        assertThat(statistics.useBatch()).isFalse();
        assertThat(Statistics.parse("sar.statistics", written)).isEqualTo(statistics);
    }

    @Test
    void movesByItselfOnlyWhereItCan() {
        Statistics auto = Statistics.parse("sar.statistics", "auto");

        assertThat(auto).isEqualTo(Statistics.AUTO).hasToString("auto");
        assertThat(auto.window()).isEqualTo(Statistics.MOVING.window());
        assertThat(auto.whereThereAre()).isTrue();
        assertThat(auto.useBatch()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Statistics(0.5, OptionalDouble.empty(), true))
                .withMessage("statistics must move where there are any, but there was no window");
    }

    @Test
    void doesNotBlendWhatMoves() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Statistics(0.5, OptionalDouble.of(100), false))
                .withMessage("the weight of the batch must be 0 where statistics move, but was 0.5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0.1",
                "1.1",
                "NaN",
                "Infinity",
                "train",
                "",
                "moving(",
                "moving()",
                "moving(0.5)",
                "moving(Infinity)"
            })
    void refusesOtherTextsByName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Statistics.parse("sar.statistics", text))
                .withMessage(
                        "sar.statistics must be auto, source, batch, a weight of the batch in 0..1, moving, or moving(window) with a window of at least 1 sample, but was '%s'",
                        text);
    }
}
