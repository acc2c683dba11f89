package io.tta4j.stream.replay;

import io.tta4j.AdaptiveModel;
import io.tta4j.Counters;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.stream.setting.ImageStream;
import io.tta4j.stream.setting.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One method on one stream: a model that starts from its source state, and the tally of its answers. */
final class MethodRun {

    private static final int SIGNIFICANT_DIGITS = 3;

    private final Method method;
    private final AdaptiveModel model;
    private final Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
    private final List<Double> windows = new ArrayList<>();
    private final Optional<IncrementalTally> incremental;
    private int samples;
    private int correct;
    private int batches;
    private long nanos;
    private int windowSamples;
    private int windowCorrect;

    /**
     * Before a stream.
     *
     * @param sets the names of the corruptions
     */
    MethodRun(AdaptableModel model, Method method, ImageStream stream, List<String> sets) {
        this.method = method;
        this.model = AdaptiveModel.of(model, method);
        this.incremental = stream.isClassIncremental()
                ? Optional.of(new IncrementalTally(model.classes(), sets))
                : Optional.empty();
    }

    /**
     * Begins a session: registers its classes where the method can learn any. Not timed.
     *
     * @param supports for each class of the session, in order
     */
    void begin(Session session, List<Batch> supports) {
        incremental.ifPresent(tally -> tally.begin(session));
        if (method instanceof ClassLearner) {
            for (int i = 0; i < supports.size(); i++) {
                model.register(String.valueOf(session.introduced().get(i).label()), supports.get(i));
            }
        }
    }

    /** Answers a batch, scores the answer, adapts; only the answer and the adaptation are timed. */
    void answer(Batch batch, List<Expected> expected) {
        long start = System.nanoTime();
        Answer answer = model.predict(batch);
        int[] predictions = answer.predictions();
        long elapsed = System.nanoTime() - start;
        nanos += Math.max(1, elapsed);
        latency.recordValue(elapsed);
        int named = 0;
        int hits = 0;
        for (int row = 0; row < predictions.length; row++) {
            named += expected.get(row).isNamed() ? 1 : 0;
            hits += predictions[row] == expected.get(row).number() ? 1 : 0;
        }
        score(predictions.length, named, hits);
        incremental.ifPresent(tally -> tally.add(answer, predictions, expected));
    }

    private void score(int rows, int named, int hits) {
        samples += rows;
        correct += hits;
        batches++;
        windowSamples += named;
        windowCorrect += hits;
        if (batches % Replay.BATCHES_PER_WINDOW == 0) {
            closeWindow();
        }
    }

    private void closeWindow() {
        if (windowSamples > 0) {
            windows.add(100.0 * windowCorrect / windowSamples);
            windowSamples = 0;
            windowCorrect = 0;
        }
    }

    long nanos() {
        return nanos;
    }

    /** The tally, once the last batch is answered. */
    ReplayResult result(String setting, long seed, String stream, long sourceNanos) {
        closeWindow();
        Counters counters = model.counters();
        return new ReplayResult(
                method.name(),
                setting,
                stream,
                samples,
                correct,
                batches,
                counters.adaptedSamples(),
                counters.resets(),
                counters.rejected(),
                new ReplayResult.Latency(milliseconds(50), milliseconds(99)),
                nanos / (double) TimeUnit.SECONDS.toNanos(1),
                nanos / (double) sourceNanos,
                windows,
                incremental.map(tally -> tally.result(seed)));
    }

    private double milliseconds(double percentile) {
        return latency.getValueAtPercentile(percentile) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
