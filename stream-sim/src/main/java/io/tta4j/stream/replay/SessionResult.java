package io.tta4j.stream.replay;

import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How one method fared in one session.
 *
 * @param introduced the labels of the classes that were registered at its beginning
 * @param corruptions under which its images were, in the order they came
 * @param accuracy on the images whose class was known by then, with all such classes in the output space
 * @param forgetting how much accuracy on classes of earlier sessions fell from its best, in points; see
 *     {@link io.tta4j.stream.metric.Forgetting}
 * @param unnamed how many images were of classes that a later session introduced
 * @param unknown how well these were told from images of base classes that came in the same stretch, by the score that
 *     told them: {@code recognition} for the method's own, {@code softmax} for one minus the largest probability and
 *     {@code energy} for minus the logarithm of the summed exponentials of the logits. Empty where there were none
 */
public record SessionResult(
        List<Integer> introduced,
        List<String> corruptions,
        BaseNovel accuracy,
        OptionalDouble forgetting,
        int unnamed,
        Map<String, Detection> unknown) {

    public SessionResult {
        introduced = List.copyOf(introduced);
        corruptions = List.copyOf(corruptions);
        unknown = Collections.unmodifiableMap(new LinkedHashMap<>(unknown));
    }

    /** By the method's own score, or else by the largest probability. */
    public Optional<Detection> detection() {
        return Optional.ofNullable(unknown.getOrDefault(UnknownScore.RECOGNITION, unknown.get(UnknownScore.SOFTMAX)));
    }
}
