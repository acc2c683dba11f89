package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConsoleTableTest {

    @Test
    void alignsStreamsAndMethods() {
        String table = ConsoleTable.of(List.of(Reports.SOURCE, Reports.SAR, Reports.SOURCE_SNOW, Reports.SAR_SNOW));

        assertThat(table).isEqualTo("""
                        accuracy, %         source      sar
                        -----------------------------------
                        fog                  33.33    66.67
                        snow                100.00   100.00
                        -----------------------------------
                        mean                 66.67    83.33
                        gain over source      0.00   +16.67
                          95 % from           0.00     0.00
                          95 % to             0.00   +33.33
                        worst window         33.33    66.67
                        calibration error    33.33    16.67
                        -----------------------------------
                        adapted to, %         0.00    83.33
                        resets                   0        1
                        cost                 1.00x    2.00x
                        ms a batch, p50       2.00     3.25
                        ms a batch, p99       5.00     7.00
                        """);
    }

    @Test
    void oneStreamNeedsNoMean() {
        assertThat(ConsoleTable.of(List.of(Reports.SAR))).doesNotContain("mean").contains("66.67");
    }

    @Test
    void everySettingHasItsRowsAndSeedsTheirMean() {
        String table = ConsoleTable.of(List.of(
                Reports.SOURCE,
                Reports.pacedAndLookedAt(Reports.SAR),
                Reports.with(Reports.SOURCE, "mixed", 1, "mixed"),
                Reports.with(Reports.SAR, "mixed", 1, "mixed"),
                Reports.with(Reports.SOURCE_SNOW, "mixed", 2, "mixed"),
                Reports.with(Reports.SAR_SNOW, "mixed", 2, "mixed")));

        // 33.33 and 100 deviate by 66.67 over the root of 2, 66.67 and 100 by half of that.
        assertThat(table).isEqualTo("""
                        accuracy, %               source            sar
                        -----------------------------------------------
                        mild
                        fog                        33.33          66.67
                        gain over source            0.00         +33.33
                          95 % from                 0.00           0.00
                          95 % to                   0.00         +66.67
                        worst window               33.33          66.67
                        calibration error          66.67          33.33
                        clean afterwards                          60.00
                          forgotten                               20.00
                        -----------------------------------------------
                        mixed
                        mixed              66.67 +-47.14  83.33 +-23.57
                        gain over source            0.00         +16.67
                          95 % from                 0.00           0.00
                          95 % to                   0.00         +33.33
                        worst window               33.33          66.67
                        calibration error          33.33          16.67
                        -----------------------------------------------
                        adapted to, %               0.00          77.78
                        resets                         0              2
                        cost                       1.00x          2.33x
                        ms a batch, p50             1.67           2.92
                        ms a batch, p99             5.00           7.00
                        """);
    }

    @Test
    void aClassIncrementalReplayHasRowsForEachSessionAndMeansOverSeeds() {
        String table = ConsoleTable.of(List.of(
                Reports.incremental("source", 1, 0),
                Reports.incremental("csfa", 1, 1),
                Reports.incremental("source", 2, 0),
                Reports.incremental("csfa", 2, 3)));

        // Of csfa: novel 25 and 75, all 55 and 65, harmonic means 33.33 and 60 in the session, 35.71 and 68.18 in all.
        assertThat(table).isEqualTo("""
                        accuracy, %                  source           csfa
                        --------------------------------------------------
                        session 0 (fog)
                          base                        75.00          75.00
                          all                         75.00          75.00
                          unknown AUROC, %            75.00          75.00
                          unknown FPR95, %            50.00          50.00
                        session 1 + 6, 7 (snow, fog)
                          base                        50.00          50.00
                          novel                        0.00          50.00
                          all                         33.33          50.00
                          harmonic mean                0.00          46.67
                          forgetting, points          25.00          25.00
                        --------------------------------------------------
                        whole, 2 seeds
                          base                 62.50 +-0.00   62.50 +-0.00
                          novel                 0.00 +-0.00  50.00 +-35.36
                          all                  50.00 +-0.00   60.00 +-7.07
                          harmonic mean         0.00 +-0.00  51.95 +-22.96
                          drop, points         41.67 +-0.00  25.00 +-11.79
                          forgetting, points   25.00 +-0.00   25.00 +-0.00
                          unknown AUROC, %     75.00 +-0.00   75.00 +-0.00
                          unknown FPR95, %     50.00 +-0.00   50.00 +-0.00
                        --------------------------------------------------
                        adapted to, %                  0.00           0.00
                        resets                            0              0
                        cost                          1.00x          1.00x
                        ms a batch, p50                2.00           2.00
                        ms a batch, p99                5.00           5.00
                        """);
    }
}
