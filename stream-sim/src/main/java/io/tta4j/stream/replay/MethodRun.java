package io.tta4j.stream.replay;

import io.tta4j.AdaptiveModel;
import io.tta4j.Counters;
import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One method on one stream: a model that starts from its source state, and the tally of its answers. */
final class MethodRun {

    private static final int SIGNIFICANT_DIGITS = 3;

    private final Method method;
    private final AdaptiveModel model;
    private final Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
    private final List<Double> windows = new ArrayList<>();
    private int samples;
    private int correct;
    private int batches;
    private long nanos;
    private int windowSamples;
    private int windowCorrect;

    MethodRun(AdaptableModel model, Method method) {
        this.method = method;
        this.model = AdaptiveModel.of(model, method);
    }

    /** Answers a batch, scores the answer, adapts; only the answer and the adaptation are timed. */
    void answer(Batch batch, int[] labels) {
        long start = System.nanoTime();
        int[] predictions = model.predict(batch).predictions();
        long elapsed = System.nanoTime() - start;
        nanos += Math.max(1, elapsed);
        latency.recordValue(elapsed);
        int hits = 0;
        for (int row = 0; row < labels.length; row++) {
            hits += predictions[row] == labels[row] ? 1 : 0;
        }
        score(labels.length, hits);
    }

    private void score(int rows, int hits) {
        samples += rows;
        correct += hits;
        batches++;
        windowSamples += rows;
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
    ReplayResult result(String setting, String stream, long sourceNanos) {
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
                windows);
    }

    private double milliseconds(double percentile) {
        return latency.getValueAtPercentile(percentile) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
