package io.tta4j.stream.report;

import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.replay.IncrementalResult;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.ReplayResult.Latency;
import io.tta4j.stream.replay.SessionResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A small report, by hand. */
final class Reports {

    static final ReplayResult SOURCE = new ReplayResult(
            "source",
            "mild",
            "fog",
            3,
            1,
            2,
            0,
            0,
            0,
            new Latency(1, 1.5),
            0.004,
            1,
            List.of(100.0 / 3),
            Optional.empty());

    static final ReplayResult SAR = new ReplayResult(
            "sar",
            "mild",
            "fog",
            3,
            2,
            2,
            2,
            1,
            0,
            new Latency(2.25, 4),
            0.012,
            3,
            List.of(200.0 / 3),
            Optional.empty());

    static final ReplayResult SOURCE_SNOW = new ReplayResult(
            "source", "mild", "snow", 3, 3, 2, 0, 0, 0, new Latency(3, 5), 0.004, 1, List.of(100.0), Optional.empty());

    static final ReplayResult SAR_SNOW = new ReplayResult(
            "sar", "mild", "snow", 3, 3, 2, 3, 0, 0, new Latency(4.25, 7), 0.004, 1, List.of(100.0), Optional.empty());

    /** Two sessions: 6 of 8 base images right, then 4 of 8 and {@code novel} of 4 novel ones. */
    static ReplayResult incremental(String method, long seed, int novel) {
        SessionResult first = new SessionResult(
                List.of(),
                List.of("fog"),
                new BaseNovel(new Accuracy(8, 6), Accuracy.NONE),
                OptionalDouble.empty(),
                2,
                Map.of("softmax", new Detection(4, 2, 0.75, 0.5)));
        SessionResult second = new SessionResult(
                List.of(6, 7),
                List.of("snow", "fog"),
                new BaseNovel(new Accuracy(8, 4), new Accuracy(4, novel)),
                OptionalDouble.of(25),
                0,
                Map.of());
        IncrementalResult result = new IncrementalResult(
                seed, List.of(first, second), Map.of("fog", first.accuracy().plus(second.accuracy())));
        return new ReplayResult(
                method,
                "class-incremental",
                "class-incremental",
                22,
                10 + novel,
                2,
                0,
                0,
                0,
                new Latency(2, 5),
                0.004,
                1,
                List.of(100.0 * (10 + novel) / 20),
                Optional.of(result));
    }

    private Reports() {}

    static ReplayReport report() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model", Map.of("file", "net</script><b>.onnx"));
        config.put("batch", 2);
        return new ReplayReport(List.of(SOURCE, SAR), config, Map.of("cores", 2));
    }
}
