package io.tta4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
    @ValueSource(strings = {"-0.1", "1.1", "NaN", "Infinity", "train", ""})
    void refusesOtherTextsByName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Statistics.parse("sar.statistics", text))
                .withMessage(
                        "sar.statistics must be source, batch, or a weight of the batch in 0..1, but was '%s'", text);
    }
}
