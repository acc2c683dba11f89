package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConsoleTableTest {

    @Test
    void alignsStreamsAndMethods() {
        String table = ConsoleTable.of(List.of(Reports.SOURCE, Reports.SAR, Reports.SOURCE_SNOW, Reports.SAR_SNOW));

        assertThat(table).isEqualTo("""
                        accuracy, %       source      sar
                        ---------------------------------
                        fog                33.33    66.67
                        snow              100.00   100.00
                        ---------------------------------
                        mean               66.67    83.33
                        ---------------------------------
                        cost               1.00x    2.00x
                        ms a batch, p50     2.00     3.25
                        ms a batch, p99     5.00     7.00
                        """);
    }

    @Test
    void oneStreamNeedsNoMean() {
        assertThat(ConsoleTable.of(List.of(Reports.SAR))).doesNotContain("mean").contains("66.67");
    }
}
