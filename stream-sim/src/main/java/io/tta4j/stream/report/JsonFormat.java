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
import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.replay.IncrementalResult;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.SessionResult;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Writes the report as one JSON object, keys in a fixed order, percentages with three decimals. */
final class JsonFormat implements ReportFormat {

    private static final int DECIMALS = 3;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false)
            .configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true);

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
    static String line(ReplayReport report) throws IOException {
        return MAPPER.writeValueAsString(tree(report));
    }

    private static ObjectNode tree(ReplayReport report) {
        ObjectNode tree = NODES.objectNode();
        ArrayNode results = tree.putArray("results");
        report.results().forEach(result -> results.add(tree(result)));
        tree.set("config", MAPPER.valueToTree(report.config()));
        tree.set("environment", MAPPER.valueToTree(report.environment()));
        return tree;
    }

    private static ObjectNode tree(ReplayResult result) {
        ObjectNode tree = NODES.objectNode()
                .put("method", result.method())
                .put("setting", result.setting())
                .put("corruption", result.corruption())
                .put("samples", result.samples())
                .put("correct", result.correct());
        tree.set("accuracy", decimal(result.accuracy()));
        tree.put("batches", result.batches())
                .put("adaptedSamples", result.adaptedSamples())
                .put("resets", result.resets());
        ObjectNode latency = tree.putObject("latencyMs");
        latency.set("p50", decimal(result.latency().p50()));
        latency.set("p99", decimal(result.latency().p99()));
        tree.set("samplesPerSecond", decimal(result.samplesPerSecond()));
        tree.set("relativeCost", decimal(result.relativeCost()));
        ArrayNode windows = tree.putArray("windows");
        result.windows().forEach(accuracy -> windows.add(decimal(accuracy)));
        result.incremental().ifPresent(incremental -> tree.set("incremental", tree(incremental)));
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

    /** With its zeros: 59.400, not 59.4. */
    private static DecimalNode decimal(double value) {
        return DecimalNode.valueOf(BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP));
    }
}
