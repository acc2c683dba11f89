package io.tta4j.stream.report;

import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.replay.IncrementalResult;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.SessionResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Writes a line for each result, of a class-incremental replay for each session of each result; what is several is
 * joined by semicolons.
 */
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

    private static final CSVFormat SESSIONS = FORMAT.builder()
            .setHeader(
                    "method",
                    "setting",
                    "seed",
                    "stream",
                    "session",
                    "introduced",
                    "corruptions",
                    "samples",
                    "unnamed",
                    "base",
                    "novel",
                    "all",
                    "harmonicMean",
                    "forgetting",
                    "unknownAuroc",
                    "unknownFpr95")
            .get();

    @Override
    public void write(ReplayReport report, OutputStream out) throws IOException {
        boolean incremental = report.results().stream()
                .anyMatch(result -> result.incremental().isPresent());
        StringBuilder text = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(text, incremental ? SESSIONS : FORMAT)) {
            for (ReplayResult result : report.results()) {
                if (incremental) {
                    print(printer, result, result.incremental().orElseThrow());
                } else {
                    print(printer, result);
                }
            }
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void print(CSVPrinter printer, ReplayResult result) throws IOException {
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

    private static void print(CSVPrinter printer, ReplayResult result, IncrementalResult incremental)
            throws IOException {
        for (int number = 0; number < incremental.sessions().size(); number++) {
            SessionResult session = incremental.sessions().get(number);
            BaseNovel accuracy = session.accuracy();
            printer.printRecord(
                    result.method(),
                    result.setting(),
                    incremental.seed(),
                    result.corruption(),
                    number,
                    session.introduced().stream().map(String::valueOf).collect(Collectors.joining(";")),
                    String.join(";", session.corruptions()),
                    accuracy.all().samples(),
                    session.unnamed(),
                    decimal(accuracy.base().percent()),
                    decimal(accuracy.novel().percent()),
                    decimal(accuracy.all().percent()),
                    decimal(accuracy.harmonicMean()),
                    decimal(session.forgetting()),
                    session.detection()
                            .map(Detection::auroc)
                            .map(CsvFormat::decimal)
                            .orElse(""),
                    session.detection()
                            .map(Detection::fpr95)
                            .map(CsvFormat::decimal)
                            .orElse(""));
        }
    }

    private static String decimal(OptionalDouble value) {
        return value.isPresent() ? decimal(value.getAsDouble()) : "";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
