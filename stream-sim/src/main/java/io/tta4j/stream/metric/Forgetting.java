package io.tta4j.stream.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How much of what a model once got right it gets right no more (Chaudhry et al., ECCV 2018): in session k, over the
 * groups of classes j &lt; k that came in earlier sessions, the mean of {@code max_{j <= l < k} a(l, j) - a(k, j)},
 * where a(l, j) is the accuracy in session l on the classes that came in session j. Negative where they are got right
 * more often than ever before.
 */
public final class Forgetting {

    private Forgetting() {}

    /**
     * Forgetting in the last of some sessions, in points.
     *
     * @param sessions for each session, the accuracy by the session that the classes came in
     * @return empty in the first session, and where no class of an earlier session was there to be seen again
     */
    public static OptionalDouble inLast(List<Map<Integer, Accuracy>> sessions) {
        Map<Integer, Double> best = new HashMap<>();
        for (Map<Integer, Accuracy> earlier : sessions.subList(0, sessions.size() - 1)) {
            earlier.forEach((group, accuracy) ->
                    accuracy.percent().ifPresent(percent -> best.merge(group, percent, Math::max)));
        }
        Map<Integer, Accuracy> last = sessions.get(sessions.size() - 1);
        return best.entrySet().stream()
                .filter(group ->
                        last.getOrDefault(group.getKey(), Accuracy.NONE).samples() > 0)
                .mapToDouble(group -> group.getValue()
                        - last.getOrDefault(group.getKey(), Accuracy.NONE)
                                .percent()
                                .orElseThrow())
                .average();
    }
}
