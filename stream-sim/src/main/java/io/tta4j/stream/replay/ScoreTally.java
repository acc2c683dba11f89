package io.tta4j.stream.replay;

import io.tta4j.Counters;
import io.tta4j.method.Answer;
import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.CalibrationTally;
import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.metric.Hits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** One model's answers on a stream, added up batch by batch. */
final class ScoreTally {

    private final List<String> sets;
    private final int window;
    private final boolean calibrated;
    private final Hits.Builder hits = new Hits.Builder();
    private final CalibrationTally calibration = new CalibrationTally();
    private final int[] classSamples;
    private final int[] classCorrect;
    private final int[] setSamples;
    private final int[] setCorrect;
    private final List<Integer> metSets = new ArrayList<>();
    private final List<Window> windows = new ArrayList<>();
    private final int[] predicted;
    private Counters before;
    private int samples;
    private int windowStart;
    private int windowSamples;
    private int windowCorrect;

    /**
     * Before a stream.
     *
     * @param sets the names of the corruptions
     * @param classes how many numbers an answer can have by the end of the stream
     * @param window how many images a window holds at least
     * @param calibrated whether every label is one of the logits
     * @param counters of the model, before its first request
     */
    ScoreTally(List<String> sets, int classes, int window, boolean calibrated, Counters counters) {
        this.sets = sets;
        this.window = window;
        this.calibrated = calibrated;
        this.setSamples = new int[sets.size()];
        this.setCorrect = new int[sets.size()];
        this.classSamples = new int[classes];
        this.classCorrect = new int[classes];
        this.predicted = new int[classes];
        this.before = counters;
    }

    /**
     * Adds a batch.
     *
     * @param predictions of the answer
     * @param expected a row's each
     * @param counters of the model, after it
     */
    void add(Answer answer, int[] predictions, List<Expected> expected, Counters counters) {
        for (int row = 0; row < predictions.length; row++) {
            predicted[predictions[row]]++;
            Expected of = expected.get(row);
            if (of.isNamed()) {
                score(of, predictions[row] == of.number());
                if (calibrated) {
                    calibration.add(answer.logits(), row, of.number());
                }
            }
        }
        samples += predictions.length;
        if (samples - windowStart >= window) {
            closeWindow(counters);
        }
    }

    private void score(Expected of, boolean hit) {
        hits.add(hit);
        int right = hit ? 1 : 0;
        classSamples[of.number()]++;
        classCorrect[of.number()] += right;
        windowSamples++;
        windowCorrect += right;
        if (setSamples[of.set()] == 0) {
            metSets.add(of.set());
        }
        setSamples[of.set()]++;
        setCorrect[of.set()] += right;
    }

    private void closeWindow(Counters counters) {
        windows.add(new Window(
                samples,
                new Accuracy(windowSamples, windowCorrect),
                counters.reliableSamples() - before.reliableSamples(),
                counters.adaptedSamples() - before.adaptedSamples(),
                counters.resets() - before.resets(),
                ClassCounts.of(predicted)));
        before = counters;
        windowStart = samples;
        windowSamples = 0;
        windowCorrect = 0;
        Arrays.fill(predicted, 0);
    }

    /**
     * The scores, once the last batch is answered.
     *
     * @param counters of the model, after the last batch
     * @param clean the accuracy on clean images, where it was measured
     */
    Scores scores(Counters counters, Optional<Accuracy> clean) {
        if (samples > windowStart) {
            closeWindow(counters);
        }
        List<Accuracy> classes = IntStream.range(0, classSamples.length)
                .mapToObj(number -> new Accuracy(classSamples[number], classCorrect[number]))
                .toList();
        Map<String, Accuracy> domains = new LinkedHashMap<>();
        metSets.forEach(
                set -> domains.merge(sets.get(set), new Accuracy(setSamples[set], setCorrect[set]), Accuracy::plus));
        return new Scores(hits.build(), window, windows, classes, domains, calibration.calibration(), clean);
    }
}
