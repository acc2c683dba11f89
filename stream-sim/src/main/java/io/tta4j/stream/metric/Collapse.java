package io.tta4j.stream.metric;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Whether a model comes to answer few classes only: the entropy of its predictions, in nats, beside the source model's
 * on the same images. A stream that shows few classes at a time lowers both; a collapse lowers the first alone.
 *
 * @param whole the entropy of all predictions
 * @param lowest the least entropy of the predictions in a window
 * @param sourceWhole as {@code whole}, of the source model
 * @param sourceLowest as {@code lowest}, of the source model
 */
public record Collapse(double whole, double lowest, double sourceWhole, double sourceLowest) {

    /**
     * Measures predictions, window by window.
     *
     * @param predicted at least one window
     * @param source of the source model, in the same windows
     */
    public static Collapse of(List<ClassCounts> predicted, List<ClassCounts> source) {
        return new Collapse(whole(predicted), lowest(predicted), whole(source), lowest(source));
    }

    private static double whole(List<ClassCounts> windows) {
        return windows.stream().reduce(ClassCounts::plus).orElseThrow().entropy();
    }

    private static double lowest(List<ClassCounts> windows) {
        ToDoubleFunction<ClassCounts> entropy = ClassCounts::entropy;
        return windows.stream().mapToDouble(entropy).min().orElseThrow();
    }
}
