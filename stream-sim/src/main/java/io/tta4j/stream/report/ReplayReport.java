package io.tta4j.stream.report;

import io.tta4j.stream.data.Images;
import io.tta4j.stream.replay.ReplayResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A replay and what it was made with.
 *
 * @param results a result for each stream and method
 * @param config what determines the results: the model, the data, the settings; in the order to be shown. Values are
 *     strings, numbers, lists and maps of these
 * @param environment what determines the timings: the machine, the versions, the date; likewise
 * @param images what the streams were made of, open until the report is written; a corruption that is missing here
 *     shows no images
 */
public record ReplayReport(
        List<ReplayResult> results, Map<String, Object> config, Map<String, Object> environment, List<Images> images) {

    public ReplayReport {
        results = List.copyOf(results);
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        images = List.copyOf(images);
    }

    /** A report that shows no images. */
    public ReplayReport(List<ReplayResult> results, Map<String, Object> config, Map<String, Object> environment) {
        this(results, config, environment, List.of());
    }
}
