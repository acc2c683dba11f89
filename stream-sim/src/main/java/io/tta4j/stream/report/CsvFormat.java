package io.tta4j.stream.report;

import io.tta4j.stream.replay.ReplayResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Writes a line for each result; windows are joined by semicolons. */
final class CsvFormat implements ReportFormat {

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setRecordSeparator('\n')
            .setHeader(
                    "method",
                    "setting",
                    "corruption",
                    "samples",
                    "correct",
                    "accuracy",
                    "batches",
                    "adaptedSamples",
                    "resets",
                    "latencyMsP50",
                    "latencyMsP99",
                    "samplesPerSecond",
                    "relativeCost",
                    "windows")
            .get();

    @Override
    public void write(ReplayReport report, OutputStream out) throws IOException {
        StringBuilder text = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(text, FORMAT)) {
            for (ReplayResult result : report.results()) {
                printer.printRecord(
                        result.method(),
                        result.setting(),
                        result.corruption(),
                        result.samples(),
                        result.correct(),
                        decimal(result.accuracy()),
                        result.batches(),
                        result.adaptedSamples(),
                        result.resets(),
                        decimal(result.latency().p50()),
                        decimal(result.latency().p99()),
                        decimal(result.samplesPerSecond()),
                        decimal(result.relativeCost()),
                        result.windows().stream().map(CsvFormat::decimal).collect(Collectors.joining(";")));
            }
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
