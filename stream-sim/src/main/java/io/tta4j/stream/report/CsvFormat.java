package io.tta4j.stream.report;

import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Calibration;
import io.tta4j.stream.metric.CleanForgetting;
import io.tta4j.stream.metric.Collapse;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.metric.PairedDifference;
import io.tta4j.stream.metric.Prequential;
import io.tta4j.stream.replay.IncrementalResult;
import io.tta4j.stream.replay.Pace;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.SessionResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Writes a line for each result: a method on a stream of a setting at a seed. Of a class-incremental replay, a line for
 * each session of each result; what is several is joined by semicolons.
 */
final class CsvFormat implements ReportFormat {

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setRecordSeparator('\n')
            .setHeader(
                    "method",
                    "setting",
                    "seed",
                    "stream",
                    "samples",
                    "correct",
                    "accuracy",
                    "error",
                    "gain",
                    "gainLow",
                    "gainHigh",
                    "worstWindow",
                    "sliding",
                    "fading",
                    "ece",
                    "brier",
                    "nll",
                    "entropy",
                    "lowestEntropy",
                    "sourceEntropy",
                    "sourceLowestEntropy",
                    "cleanAccuracy",
                    "forgetting",
                    "batches",
                    "onlyPredicted",
                    "costRatio",
                    "reliableSamples",
                    "adaptedSamples",
                    "resets",
                    "rejected",
                    "held",
                    "rolledBack",
                    "latencyMsP50",
                    "latencyMsP90",
                    "latencyMsP99",
                    "latencyMsMax",
                    "samplesPerSecond",
                    "relativeCost")
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
        PairedDifference gain = result.gain();
        Prequential prequential = result.scores().prequential();
        Collapse collapse = result.collapse();
        printer.printRecord(
                result.method(),
                result.setting(),
                result.seed(),
                result.corruption(),
                result.samples(),
                result.correct(),
                decimal(result.accuracy()),
                decimal(100 - result.accuracy()),
                decimal(gain.points()),
                decimal(gain.low()),
                decimal(gain.high()),
                decimal(prequential.worst()),
                decimal(prequential.sliding()),
                decimal(prequential.fading()),
                decimal(result.scores().calibration(), Calibration::ece),
                decimal(result.scores().calibration(), Calibration::brier),
                decimal(result.scores().calibration(), Calibration::nll),
                decimal(collapse.whole()),
                decimal(collapse.lowest()),
                decimal(collapse.sourceWhole()),
                decimal(collapse.sourceLowest()),
                decimal(
                        result.cleanForgetting(),
                        clean -> clean.adapted().percent().orElseThrow()),
                decimal(result.cleanForgetting(), CleanForgetting::points),
                result.batches(),
                result.pace().map(Pace::onlyPredicted).orElse(0),
                decimal(result.pace(), Pace::costRatio),
                result.learning().reliableSamples(),
                result.learning().adaptedSamples(),
                result.learning().resets(),
                result.learning().rejected(),
                result.learning().held(),
                result.learning().rolledBack(),
                decimal(result.latency().p50()),
                decimal(result.latency().p90()),
                decimal(result.latency().p99()),
                decimal(result.latency().max()),
                decimal(result.samplesPerSecond()),
                decimal(result.relativeCost()));
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

    private static <T> String decimal(Optional<T> measured, ToDoubleFunction<T> value) {
        return decimal(measured.stream().mapToDouble(value).findFirst());
    }

    /** Nothing for what is no number. */
    private static String decimal(double value) {
        if (!Double.isFinite(value)) {
            return "";
        }
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
