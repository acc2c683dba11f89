package io.tta4j.stream.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Calibration;
import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.metric.Collapse;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.metric.PairedDifference;
import io.tta4j.stream.metric.Prequential;
import io.tta4j.stream.replay.IncrementalResult;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.Scores;
import io.tta4j.stream.replay.SessionResult;
import io.tta4j.stream.replay.Window;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Writes the report as one JSON object, keys in a fixed order, percentages with three decimals. */
final class JsonFormat implements ReportFormat {

    private static final int DECIMALS = 3;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false)
            .configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true);

    /** More counts of classes over windows than that are added up to fewer windows. */
    private static final int MOST_COUNTS = 50_000;

    private final boolean hits;

    /**
     * A format.
     *
     * @param hits whether to say which answer was right
     */
    JsonFormat(boolean hits) {
        this.hits = hits;
    }

    @Override
    public void write(ReplayReport report, OutputStream out) throws IOException {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(lines);
        printer.indentArraysWith(DefaultPrettyPrinter.FixedSpaceIndenter.instance);
        MAPPER.writer(printer).writeValue(out, tree(report));
        out.write("\n".getBytes(StandardCharsets.UTF_8));
    }

    /** The report on one line. */
    String line(ReplayReport report) throws IOException {
        return MAPPER.writeValueAsString(tree(report));
    }

    private ObjectNode tree(ReplayReport report) {
        ObjectNode tree = NODES.objectNode();
        ArrayNode results = tree.putArray("results");
        report.results().forEach(result -> results.add(tree(result)));
        tree.set("summary", summary(report.results()));
        tree.set("config", MAPPER.valueToTree(report.config()));
        tree.set("environment", MAPPER.valueToTree(report.environment()));
        return tree;
    }

    private ObjectNode tree(ReplayResult result) {
        ObjectNode tree = NODES.objectNode()
                .put("method", result.method())
                .put("setting", result.setting())
                .put("seed", result.seed())
                .put("corruption", result.corruption())
                .put("fingerprint", result.fingerprint())
                .put("samples", result.samples())
                .put("correct", result.correct());
        tree.set("accuracy", decimal(result.accuracy()));
        tree.set("error", decimal(100 - result.accuracy()));
        tree.set("gain", tree(result.gain()));
        tree.put("batches", result.batches())
                .put("reliableSamples", result.learning().reliableSamples())
                .put("adaptedSamples", result.learning().adaptedSamples())
                .put("resets", result.learning().resets())
                .put("rejected", result.learning().rejected())
                .put("held", result.learning().held())
                .put("rolledBack", result.learning().rolledBack());
        ObjectNode latency = tree.putObject("latencyMs");
        latency.set("p50", decimal(result.latency().p50()));
        latency.set("p90", decimal(result.latency().p90()));
        latency.set("p99", decimal(result.latency().p99()));
        latency.set("max", decimal(result.latency().max()));
        tree.set("samplesPerSecond", decimal(result.samplesPerSecond()));
        tree.set("relativeCost", decimal(result.relativeCost()));
        result.pace().ifPresent(pace -> {
            ObjectNode paced = tree.putObject("pace");
            paced.set("eta", decimal(pace.eta()));
            paced.set("costRatio", decimal(pace.costRatio()));
            paced.put("fixed", pace.fixed()).put("onlyPredicted", pace.onlyPredicted());
        });
        putScores(tree, result.scores());
        putCourse(tree, result);
        Collapse collapse = result.collapse();
        ObjectNode entropies = tree.putObject("collapse");
        entropies.set("entropy", decimal(collapse.whole()));
        entropies.set("lowest", decimal(collapse.lowest()));
        entropies.set("sourceEntropy", decimal(collapse.sourceWhole()));
        entropies.set("sourceLowest", decimal(collapse.sourceLowest()));
        result.cleanForgetting().ifPresent(forgetting -> {
            ObjectNode clean =
                    tree.putObject("clean").put("samples", forgetting.adapted().samples());
            clean.set("accuracy", decimal(forgetting.adapted().percent()));
            clean.set("source", decimal(forgetting.source().percent()));
            clean.set("forgetting", decimal(forgetting.points()));
        });
        if (hits) {
            tree.put("hits", result.scores().hits().toBase64());
        }
        result.incremental().ifPresent(incremental -> tree.set("incremental", tree(incremental)));
        return tree;
    }

    private static ObjectNode tree(PairedDifference difference) {
        ObjectNode tree = NODES.objectNode();
        tree.set("points", decimal(difference.points()));
        tree.set("low", decimal(difference.low()));
        tree.set("high", decimal(difference.high()));
        return tree;
    }

    private static void putScores(ObjectNode tree, Scores scores) {
        Prequential prequential = scores.prequential();
        ObjectNode along = tree.putObject("prequential").put("window", scores.window());
        along.set("sliding", decimal(prequential.sliding()));
        along.set("worst", decimal(prequential.worst()));
        along.set("fading", decimal(prequential.fading()));
        ObjectNode domains = tree.putObject("domains");
        scores.domains().forEach((name, accuracy) -> {
            ObjectNode domain = domains.putObject(name).put("samples", accuracy.samples());
            domain.set("accuracy", decimal(accuracy.percent()));
        });
        putAccuracies(tree.putObject("classes"), scores.classes());
        scores.calibration().ifPresent(calibration -> {
            ObjectNode calibrated = tree.putObject("calibration");
            calibrated.set("ece", decimal(calibration.ece()));
            calibrated.set("brier", decimal(calibration.brier()));
            calibrated.set("nll", decimal(calibration.nll()));
            ObjectNode bins = calibrated.putObject("bins");
            putAccuracies(
                    bins,
                    calibration.bins().stream().map(Calibration.Bin::accuracy).toList());
            ArrayNode confidences = bins.putArray("confidence");
            calibration.bins().forEach(bin -> confidences.add(decimal(100 * bin.confidence())));
        });
    }

    private static void putAccuracies(ObjectNode tree, List<Accuracy> accuracies) {
        ArrayNode samples = tree.putArray("samples");
        ArrayNode percents = tree.putArray("accuracy");
        accuracies.forEach(accuracy -> {
            samples.add(accuracy.samples());
            percents.add(decimal(accuracy.percent()));
        });
    }

    /** The stream from window to window; shares of its samples in percent, entropies in nats. */
    private static void putCourse(ObjectNode tree, ReplayResult result) {
        List<Window> windows = result.scores().windows();
        ArrayNode accuracies = tree.putArray("windows");
        ObjectNode course = tree.putObject("course");
        ArrayNode ends = course.putArray("end");
        ArrayNode fading = course.putArray("fading");
        ArrayNode reliable = course.putArray("reliable");
        ArrayNode adapted = course.putArray("adapted");
        ArrayNode resets = course.putArray("resets");
        ArrayNode entropy = course.putArray("entropy");
        ArrayNode sourceEntropy = course.putArray("sourceEntropy");
        result.sourceEntropies().forEach(value -> sourceEntropy.add(decimal(value)));
        List<Integer> answered = new ArrayList<>();
        int start = 0;
        for (Window window : windows) {
            int samples = window.end() - start;
            accuracies.add(decimal(window.accuracy().percent()));
            ends.add(window.end());
            reliable.add(decimal(100.0 * window.reliable() / samples));
            adapted.add(decimal(100.0 * window.adapted() / samples));
            resets.add(window.resets());
            entropy.add(decimal(window.predicted().entropy()));
            answered.add((answered.isEmpty() ? 0 : answered.get(answered.size() - 1))
                    + window.accuracy().samples());
            start = window.end();
        }
        Prequential.fading(result.scores().hits(), answered).forEach(value -> fading.add(decimal(value)));
        putPredicted(
                course.putObject("predicted"),
                windows.stream().map(Window::predicted).toList());
        ArrayNode changes = course.putArray("domainChanges");
        result.domainChanges()
                .forEach(change -> changes.addObject().put("at", change.at()).put("domain", change.domain()));
    }

    /** How often each class was the answer, in every so many windows. */
    private static void putPredicted(ObjectNode tree, List<ClassCounts> windows) {
        int counts = windows.size() * windows.get(0).classes();
        int every = Math.max(1, (counts + MOST_COUNTS - 1) / MOST_COUNTS);
        tree.put("windows", every);
        ArrayNode stretches = tree.putArray("counts");
        for (int from = 0; from < windows.size(); from += every) {
            ArrayNode stretch = stretches.addArray();
            ClassCounts sum = windows.subList(from, Math.min(from + every, windows.size())).stream()
                    .reduce(ClassCounts::plus)
                    .orElseThrow();
            for (int count : sum.toArray()) {
                stretch.add(count);
            }
        }
    }

    /** For each method and setting: each stream over its seeds, then all of them, whose stream is null. */
    private static ArrayNode summary(List<ReplayResult> results) {
        ArrayNode rows = NODES.arrayNode();
        results.stream().map(ReplayResult::setting).distinct().forEach(setting -> {
            List<ReplayResult> own = results.stream()
                    .filter(result -> result.setting().equals(setting))
                    .toList();
            own.stream()
                    .map(ReplayResult::corruption)
                    .distinct()
                    .forEach(stream -> Summary.of(own.stream()
                                    .filter(result -> result.corruption().equals(stream))
                                    .toList())
                            .forEach(summary -> rows.add(tree(setting, summary).put("stream", stream))));
            Summary.of(own).forEach(summary -> rows.add(tree(setting, summary).putNull("stream")));
        });
        return rows;
    }

    private static ObjectNode tree(String setting, Summary summary) {
        ObjectNode tree = NODES.objectNode()
                .put("method", summary.method())
                .put("setting", setting)
                .putNull("stream")
                .put("streams", summary.streams())
                .put("seeds", summary.spread().seeds());
        tree.set("accuracy", decimal(summary.accuracy()));
        tree.set("deviation", decimal(summary.spread().deviation()));
        tree.set("gain", tree(summary.gain()));
        tree.set("worstWindow", decimal(summary.worstWindow()));
        tree.set("ece", decimal(summary.ece()));
        tree.set("cleanAccuracy", decimal(summary.cleanAccuracy()));
        tree.set("forgetting", decimal(summary.cleanForgetting()));
        tree.set("adaptedShare", decimal(summary.adaptedShare()));
        tree.put("resets", summary.resets());
        tree.set("relativeCost", decimal(summary.relativeCost()));
        return tree;
    }

    /** Accuracies in percent, drop and forgetting in points, detection as shares of 1; null where there is none. */
    private static ObjectNode tree(IncrementalResult result) {
        ObjectNode tree = NODES.objectNode().put("seed", result.seed()).put("unnamed", result.unnamed());
        putAccuracy(tree, result.accuracy());
        tree.set("drop", decimal(result.drop()));
        tree.set("forgetting", decimal(result.forgetting()));
        tree.set("unknownAuroc", decimal(result.auroc()));
        tree.set("unknownFpr95", decimal(result.fpr95()));
        ObjectNode corruptions = tree.putObject("corruptions");
        result.corruptions().forEach((name, accuracy) -> putAccuracy(corruptions.putObject(name), accuracy));
        ArrayNode sessions = tree.putArray("sessions");
        result.sessions().forEach(session -> sessions.add(tree(session)));
        return tree;
    }

    private static ObjectNode tree(SessionResult session) {
        ObjectNode tree = NODES.objectNode();
        ArrayNode introduced = tree.putArray("introduced");
        session.introduced().forEach(introduced::add);
        ArrayNode corruptions = tree.putArray("corruptions");
        session.corruptions().forEach(corruptions::add);
        tree.put("samples", session.accuracy().all().samples()).put("unnamed", session.unnamed());
        putAccuracy(tree, session.accuracy());
        tree.set("forgetting", decimal(session.forgetting()));
        tree.set("unknownAuroc", decimal(detection(session, Detection::auroc)));
        tree.set("unknownFpr95", decimal(detection(session, Detection::fpr95)));
        ObjectNode scores = tree.putObject("unknown");
        session.unknown().forEach((name, detection) -> {
            ObjectNode score =
                    scores.putObject(name).put("known", detection.known()).put("unknown", detection.unknown());
            score.set("auroc", decimal(detection.auroc()));
            score.set("fpr95", decimal(detection.fpr95()));
        });
        return tree;
    }

    private static OptionalDouble detection(SessionResult session, ToDoubleFunction<Detection> measure) {
        return session.detection().stream().mapToDouble(measure).findFirst();
    }

    private static void putAccuracy(ObjectNode tree, BaseNovel accuracy) {
        tree.set("base", decimal(accuracy.base().percent()));
        tree.set("novel", decimal(accuracy.novel().percent()));
        tree.set("all", decimal(accuracy.all().percent()));
        tree.set("harmonicMean", decimal(accuracy.harmonicMean()));
    }

    private static JsonNode decimal(OptionalDouble value) {
        return value.isPresent() ? decimal(value.getAsDouble()) : NODES.nullNode();
    }

    /** With its zeros: 59.400, not 59.4; null for what is no number. */
    private static JsonNode decimal(double value) {
        if (!Double.isFinite(value)) {
            return NODES.nullNode();
        }
        return DecimalNode.valueOf(BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP));
    }
}
