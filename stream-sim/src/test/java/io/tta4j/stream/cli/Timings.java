package io.tta4j.stream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What docs/protocol.md says is timed: two replays of the same command differ in nothing else. */
final class Timings {

    private Timings() {}

    /** A report without them. */
    static JsonNode without(JsonNode report) {
        ObjectNode copy = report.deepCopy();
        copy.remove("environment");
        copy.get("results")
                .forEach(result ->
                        ((ObjectNode) result).remove(List.of("latencyMs", "samplesPerSecond", "relativeCost")));
        copy.get("summary").forEach(summary -> ((ObjectNode) summary).remove("relativeCost"));
        return copy;
    }
}
