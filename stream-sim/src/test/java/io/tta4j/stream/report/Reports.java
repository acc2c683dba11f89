package io.tta4j.stream.report;

import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Calibration;
import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.metric.Detection;
import io.tta4j.stream.metric.Hits;
import io.tta4j.stream.replay.AnsweredImage;
import io.tta4j.stream.replay.DomainChange;
import io.tta4j.stream.replay.IncrementalResult;
import io.tta4j.stream.replay.Pace;
import io.tta4j.stream.replay.ReplayResult;
import io.tta4j.stream.replay.ReplayResult.Latency;
import io.tta4j.stream.replay.ReplayResult.Learning;
import io.tta4j.stream.replay.Scores;
import io.tta4j.stream.replay.SessionResult;
import io.tta4j.stream.replay.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A small report, by hand. */
final class Reports {

    /** One of three right: always class 0, where class 0, 1 and 1 were shown. */
    private static final Scores ONE_OF_THREE = scores(
            Hits.of(true, false, false),
            new Window(3, new Accuracy(3, 1), 0, 0, 0, ClassCounts.of(3, 0)),
            List.of(new Accuracy(1, 1), new Accuracy(2, 0)));

    /** Two of three right. */
    private static final Scores TWO_OF_THREE = scores(
            Hits.of(true, false, true),
            new Window(3, new Accuracy(3, 2), 3, 2, 1, ClassCounts.of(2, 1)),
            List.of(new Accuracy(1, 1), new Accuracy(2, 1)));

    /** All right. */
    private static final Scores THREE_OF_THREE = scores(
            Hits.of(true, true, true),
            new Window(3, new Accuracy(3, 3), 3, 3, 0, ClassCounts.of(1, 2)),
            List.of(new Accuracy(1, 1), new Accuracy(2, 2)));

    static final ReplayResult SOURCE = result(
            "source",
            "fog",
            ONE_OF_THREE,
            ONE_OF_THREE,
            new Learning(0, 0, 0, 0, 0, 0),
            new Latency(1, 1.25, 1.5, 2),
            1);

    static final ReplayResult SAR = result(
            "sar", "fog", TWO_OF_THREE, ONE_OF_THREE, new Learning(3, 2, 1, 0, 0, 0), new Latency(2.25, 3, 4, 5), 3);

    static final ReplayResult SOURCE_SNOW = result(
            "source",
            "snow",
            THREE_OF_THREE,
            THREE_OF_THREE,
            new Learning(0, 0, 0, 0, 0, 0),
            new Latency(3, 4, 5, 6),
            1);

    static final ReplayResult SAR_SNOW = result(
            "sar",
            "snow",
            THREE_OF_THREE,
            THREE_OF_THREE,
            new Learning(3, 3, 0, 0, 0, 0),
            new Latency(4.25, 6, 7, 8),
            1);

    private Reports() {}

    private static Scores scores(Hits hits, Window window, List<Accuracy> classes) {
        List<Calibration.Bin> bins = new ArrayList<>();
        for (int bin = 0; bin < Calibration.BINS - 1; bin++) {
            bins.add(new Calibration.Bin(Accuracy.NONE, 0));
        }
        bins.add(new Calibration.Bin(hits.accuracy(), 1));
        return new Scores(
                hits,
                100,
                List.of(window),
                classes,
                Map.of("fog", hits.accuracy()),
                Optional.of(new Calibration(
                        100.0 * (hits.size() - hits.count()) / hits.size(), 0.5, Double.POSITIVE_INFINITY, bins)),
                Optional.empty());
    }

    private static ReplayResult result(
            String method,
            String corruption,
            Scores scores,
            Scores source,
            Learning learning,
            Latency latency,
            double relativeCost) {
        return new ReplayResult(
                method,
                "mild",
                0,
                corruption,
                "0123456789abcdef",
                3,
                2,
                scores,
                source,
                learning,
                List.of(new DomainChange(0, corruption)),
                Optional.empty(),
                latency,
                0.004 * relativeCost,
                relativeCost,
                Optional.empty(),
                List.of());
    }

    /** On the same stream of another setting, drawn by another seed. */
    static ReplayResult with(ReplayResult result, String setting, long seed) {
        return with(result, setting, seed, result.corruption());
    }

    /** On another stream of another setting, drawn by another seed. */
    static ReplayResult with(ReplayResult result, String setting, long seed, String corruption) {
        return changed(
                result, setting, seed, corruption, result.scores(), result.source(), result.pace(), result.gallery());
    }

    /** As it is, under a stream that did not wait, and with a look at clean images. */
    static ReplayResult pacedAndLookedAt(ReplayResult result) {
        return measured(
                result,
                lookedAt(result.scores(), 6),
                lookedAt(result.source(), 8),
                Optional.of(new Pace(0.5, 3, true, 1)),
                result.gallery());
    }

    /** With images to look at. */
    static ReplayResult showing(ReplayResult result, List<AnsweredImage> gallery) {
        return measured(result, result.scores(), result.source(), result.pace(), gallery);
    }

    /** Of the same answers in windows that say something else of what was predicted. */
    static ReplayResult predicting(ReplayResult result, List<Window> windows) {
        Scores scores = new Scores(
                result.scores().hits(),
                1,
                windows,
                result.scores().classes(),
                result.scores().domains(),
                result.scores().calibration(),
                result.scores().clean());
        return measured(result, scores, scores, result.pace(), result.gallery());
    }

    /** On the same stream. */
    private static ReplayResult measured(
            ReplayResult result, Scores scores, Scores source, Optional<Pace> pace, List<AnsweredImage> gallery) {
        return changed(result, result.setting(), result.seed(), result.corruption(), scores, source, pace, gallery);
    }

    private static ReplayResult changed(
            ReplayResult result,
            String setting,
            long seed,
            String corruption,
            Scores scores,
            Scores source,
            Optional<Pace> pace,
            List<AnsweredImage> gallery) {
        return new ReplayResult(
                result.method(),
                setting,
                seed,
                corruption,
                result.fingerprint(),
                result.samples(),
                result.batches(),
                scores,
                source,
                result.learning(),
                result.domainChanges(),
                pace,
                result.latency(),
                result.seconds(),
                result.relativeCost(),
                result.incremental(),
                gallery);
    }

    private static Scores lookedAt(Scores scores, int correct) {
        return new Scores(
                scores.hits(),
                scores.window(),
                scores.windows(),
                scores.classes(),
                scores.domains(),
                scores.calibration(),
                Optional.of(new Accuracy(10, correct)));
    }

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
        Hits.Builder hits = new Hits.Builder();
        for (int i = 0; i < 20; i++) {
            hits.add(i < 10 + novel);
        }
        Scores scores = new Scores(
                hits.build(),
                100,
                List.of(new Window(22, new Accuracy(20, 10 + novel), 0, 0, 0, ClassCounts.of(22, 0))),
                List.of(new Accuracy(16, 10), new Accuracy(4, novel)),
                Map.of("fog", new Accuracy(20, 10 + novel)),
                Optional.empty(),
                Optional.empty());
        return new ReplayResult(
                method,
                "class-incremental",
                seed,
                "class-incremental",
                "0123456789abcdef",
                22,
                2,
                scores,
                scores,
                new Learning(0, 0, 0, 0, 0, 0),
                List.of(),
                Optional.empty(),
                new Latency(2, 4, 5, 5),
                0.004,
                1,
                Optional.of(result),
                List.of());
    }

    static ReplayReport report() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model", Map.of("file", "net</script><b>.onnx"));
        config.put("batch", 2);
        return new ReplayReport(List.of(SOURCE, SAR), config, Map.of("cores", 2));
    }
}
