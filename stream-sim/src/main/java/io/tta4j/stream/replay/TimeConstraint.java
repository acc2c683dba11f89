package io.tta4j.stream.replay;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A stream that waits for nobody (Alfarra et al., ICML 2024): while a method adapts to a batch, the next ones come in,
 * and are answered with the state as it is. With r the method's time for a batch over that of a plain forward pass,
 * {@code max(0, ceil(eta r) - 1)} batches behind an adapted one are only predicted.
 *
 * @param eta the stream's speed over that of a plain forward pass, 0..1: 0 waits for every method, 1 is real time
 * @param costRatios r of methods by name, for a result that no clock has a part in; others' is measured, on each
 *     adapted batch
 */
public record TimeConstraint(double eta, Map<String, Double> costRatios) {

    /** @throws IllegalArgumentException if eta is not in 0..1, or a ratio is below 1 or not finite */
    public TimeConstraint {
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta must be in 0..1, but was " + eta);
        }
        costRatios.forEach((method, ratio) -> {
            if (!(ratio >= 1) || Double.isInfinite(ratio)) {
                throw new IllegalArgumentException(
                        "the cost ratio of %s must be a number from 1 on, but was %s".formatted(method, ratio));
            }
        });
        costRatios = Collections.unmodifiableMap(new TreeMap<>(costRatios));
    }

    OptionalDouble costRatio(String method) {
        Double ratio = costRatios.get(method);
        return ratio == null ? OptionalDouble.empty() : OptionalDouble.of(ratio);
    }

    /** How many batches behind an adapted one are only predicted. */
    int onlyPredicted(double costRatio) {
        return (int) Math.max(0, Math.ceil(eta * costRatio) - 1);
    }
}
