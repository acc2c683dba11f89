package io.tta4j.stream.cli;

import io.tta4j.model.Statistics;
import picocli.CommandLine.Option;

/** The option that says with which statistics of batch norm a survey looks at source data. */
final class StatisticsOption {

    @Option(
            names = "--statistics",
            paramLabel = "S",
            defaultValue = "source",
            description =
                    "batch norm's means and variances, as the method's statistics are to be: source (default; also where"
                            + " they are to be moving or auto), batch, or a weight")
    private String statistics = "";

    /** @throws IllegalArgumentException if it is none */
    Statistics parsed() {
        return Statistics.parse("--statistics", statistics);
    }
}
