package io.tta4j.stream.replay;

import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.Calibration;
import io.tta4j.stream.metric.ClassCounts;
import io.tta4j.stream.metric.Hits;
import io.tta4j.stream.metric.Prequential;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's answers on a stream, measured.
 *
 * @param hits the answers on images whose class was known by then, in order
 * @param window how many images a window holds at least, and how many answers a sliding one
 * @param windows the stream from window to window; the last may be shorter
 * @param classes the accuracy by true class, by its number in an answer
 * @param domains the accuracy under each corruption, in the order they came
 * @param calibration of the softmax of the logits; empty on class-incremental streams
 * @param clean the accuracy on clean images after the stream, the state frozen; empty where it was not asked for
 */
public record Scores(
        Hits hits,
        int window,
        List<Window> windows,
        List<Accuracy> classes,
        Map<String, Accuracy> domains,
        Optional<Calibration> calibration,
        Optional<Accuracy> clean) {

    public Scores {
        windows = List.copyOf(windows);
        classes = List.copyOf(classes);
        domains = Collections.unmodifiableMap(new LinkedHashMap<>(domains));
    }

    /** Accuracy along the stream, in its last and its worst window. */
    public Prequential prequential() {
        return Prequential.of(hits, window);
    }

    /** What was answered, window by window. */
    List<ClassCounts> predicted() {
        return windows.stream().map(Window::predicted).toList();
    }
}
