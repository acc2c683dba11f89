package io.tta4j.stream.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.metric.Hits;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a replay's JSON says, as far as two of them are compared.
 *
 * @param name what it is called in a comparison: the path it was read from
 * @param results at least one
 * @param provenance what determines the results, by its path in the JSON, such as {@code model.sha256}
 */
record RecordedReport(String name, List<Result> results, Map<String, String> provenance) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What differs between reports that are to be compared: which methods, on which corruptions, in which settings. */
    private static final List<String> CHOICES = List.of("methods", "corruptions", "setting");

    private static final List<String> VERSIONS = List.of("tta4j", "onnxruntime", "djl", "java");

    /**
     * What a result is of.
     *
     * @param method the method's name
     * @param setting the setting's
     * @param stream the corruption, or {@code mixed}
     */
    record Row(String method, String setting, String stream) {

        @Override
        public String toString() {
            return setting.equals(stream)
                    ? "%s, %s".formatted(method, setting)
                    : "%s, %s, %s".formatted(method, setting, stream);
        }
    }

    /**
     * One result.
     *
     * @param accuracy in percent
     * @param fingerprint of what was shown
     * @param hits which answer was right, if the file says so
     */
    record Result(Row row, long seed, double accuracy, String fingerprint, Optional<Hits> hits) {}

    /**
     * Reads a file.
     *
     * @throws IOException if it is not there or cannot be read
     * @throws DataException if it is not what {@link ReportFormat#JSON} writes
     */
    static RecordedReport read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "must be a file, but was a folder");
        }
        JsonNode tree = parse(file);
        List<Result> results = new ArrayList<>();
        for (JsonNode result : tree.path("results")) {
            results.add(result(file, result));
        }
        if (results.isEmpty()) {
            throw new DataException("%s must be a report of tta replay --json, but had no results".formatted(file));
        }
        Map<String, String> provenance = new LinkedHashMap<>();
        tree.path("config").properties().stream()
                .filter(field -> !CHOICES.contains(field.getKey()))
                .forEach(field -> flatten(field.getKey(), field.getValue(), provenance));
        VERSIONS.stream()
                .filter(tree.path("environment")::has)
                .forEach(version ->
                        flatten("version of " + version, tree.get("environment").get(version), provenance));
        return new RecordedReport(file.toString(), results, provenance);
    }

    private static JsonNode parse(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new DataException(
                    "%s must be a report of tta replay --json, but was no JSON: %s"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        }
    }

    private static Result result(Path file, JsonNode result) {
        try {
            JsonNode hits = result.path("hits");
            int answered = 0;
            for (JsonNode samples : result.required("classes").required("samples")) {
                answered += samples.asInt();
            }
            return new Result(
                    new Row(
                            result.required("method").asText(),
                            result.required("setting").asText(),
                            result.required("corruption").asText()),
                    result.required("seed").asLong(),
                    result.required("accuracy").asDouble(),
                    result.required("fingerprint").asText(),
                    hits.isMissingNode() ? Optional.empty() : Optional.of(Hits.ofBase64(hits.asText(), answered)));
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    "%s must be a report of tta replay --json, but a result was not: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static void flatten(String path, JsonNode value, Map<String, String> provenance) {
        if (value.isObject()) {
            value.properties().forEach(field -> flatten(path + "." + field.getKey(), field.getValue(), provenance));
        } else {
            provenance.put(path, value.isValueNode() ? value.asText() : value.toString());
        }
    }
}
