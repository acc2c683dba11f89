package io.tta4j.stream.report;

import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.ReplayResult.Latency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small report, by hand. */
final class Reports {

    static final ReplayResult SOURCE = new ReplayResult(
            "source", "mild", "fog", 3, 1, 2, 0, 0, 0, new Latency(1, 1.5), 0.004, 1, List.of(100.0 / 3));

    static final ReplayResult SAR = new ReplayResult(
            "sar", "mild", "fog", 3, 2, 2, 2, 1, 0, new Latency(2.25, 4), 0.012, 3, List.of(200.0 / 3));

    static final ReplayResult SOURCE_SNOW =
            new ReplayResult("source", "mild", "snow", 3, 3, 2, 0, 0, 0, new Latency(3, 5), 0.004, 1, List.of(100.0));

    static final ReplayResult SAR_SNOW =
            new ReplayResult("sar", "mild", "snow", 3, 3, 2, 3, 0, 0, new Latency(4.25, 7), 0.004, 1, List.of(100.0));

    private Reports() {}

    static ReplayReport report() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model", Map.of("file", "net</script><b>.onnx"));
        config.put("batch", 2);
        return new ReplayReport(List.of(SOURCE, SAR), config, Map.of("cores", 2));
    }
}
