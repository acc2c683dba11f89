package io.tta4j.stream.replay;

import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.DoubleStream;

/** One method's answers in one session. */
final class SessionTally {

    private final List<Integer> introduced;
    private final Set<String> corruptions = new LinkedHashSet<>();
    private final Map<Integer, Accuracy> groups = new LinkedHashMap<>();
    private final Map<String, DoubleStream.Builder> known = new LinkedHashMap<>();
    private final Map<String, DoubleStream.Builder> unknown = new LinkedHashMap<>();
    private BaseNovel accuracy = BaseNovel.NONE;
    private int unnamed;

    SessionTally(List<Integer> introduced) {
        this.introduced = introduced;
    }

    void meet(String corruption) {
        corruptions.add(corruption);
    }

    /** An answer on an image of a class that came in session {@code group}. */
    void add(boolean ofBase, int group, boolean right) {
        accuracy = accuracy.with(ofBase, right);
        groups.merge(group, Accuracy.NONE.with(right), Accuracy::plus);
    }

    /** The scores of an image of a base class, or of one that is not named yet. */
    void score(boolean isUnnamed, Map<String, Double> scores) {
        unnamed += isUnnamed ? 1 : 0;
        Map<String, DoubleStream.Builder> side = isUnnamed ? unknown : known;
        scores.forEach((name, score) ->
                side.computeIfAbsent(name, first -> DoubleStream.builder()).add(score));
    }

    Map<Integer, Accuracy> groups() {
        return groups;
    }

    SessionResult result(OptionalDouble forgetting) {
        Map<String, Detection> detections = new LinkedHashMap<>();
        known.forEach((name, scores) -> {
            DoubleStream.Builder others = unknown.get(name);
            if (others != null) {
                detections.put(
                        name,
                        Detection.of(scores.build().toArray(), others.build().toArray()));
            }
        });
        return new SessionResult(introduced, List.copyOf(corruptions), accuracy, forgetting, unnamed, detections);
    }
}
