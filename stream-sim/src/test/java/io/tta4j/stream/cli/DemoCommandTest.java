package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoCommandTest {

    @TempDir
    private Path folder;

    @Test
    void sarGainsOverTheSource() throws IOException {
        Path json = folder.resolve("demo.json");

        Outcome outcome = Outcome.of("demo", "--json", json.toString());

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("As trained, the network gets", "With sar", "points more");
        JsonNode results = new ObjectMapper().readTree(json.toFile()).get("results");
        // PyTorch's figure on the same images; see tools/demo.
        assertThat(meanAccuracy(results, "source")).isBetween(79.23, 79.43);
        assertThat(meanAccuracy(results, "sar")).isGreaterThan(meanAccuracy(results, "source") + 1);
    }

    private static double meanAccuracy(JsonNode results, String method) {
        return StreamSupport.stream(results.spliterator(), false)
                .filter(result -> result.get("method").asText().equals(method))
                .mapToDouble(result -> result.get("accuracy").asDouble())
                .average()
                .orElseThrow();
    }
}
