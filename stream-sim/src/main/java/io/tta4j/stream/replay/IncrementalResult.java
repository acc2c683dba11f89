package io.tta4j.stream.replay;

import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Detection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a class-incremental stream says beyond the accuracy.
 *
 * @param seed what supports and order were drawn by
 * @param sessions in order; at least one
 * @param corruptions the accuracy under each corruption, over all sessions
 */
public record IncrementalResult(long seed, List<SessionResult> sessions, Map<String, BaseNovel> corruptions) {

    public IncrementalResult {
        sessions = List.copyOf(sessions);
        corruptions = Collections.unmodifiableMap(new LinkedHashMap<>(corruptions));
    }

    /** The accuracy over all sessions, every image the same weight. */
    public BaseNovel accuracy() {
        return sessions.stream().map(SessionResult::accuracy).reduce(BaseNovel.NONE, BaseNovel::plus);
    }

    /** How many images were of classes that a later session introduced: no right answer counts for them. */
    public int unnamed() {
        return sessions.stream().mapToInt(SessionResult::unnamed).sum();
    }

    /**
     * By how many points the accuracy over all classes of the last session is below that of the first, the performance
     * drop rate of few-shot class-incremental learning; empty for a single session.
     */
    public OptionalDouble drop() {
        OptionalDouble first = sessions.get(0).accuracy().all().percent();
        OptionalDouble last = sessions.get(sessions.size() - 1).accuracy().all().percent();
        return sessions.size() == 1 || first.isEmpty() || last.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(first.getAsDouble() - last.getAsDouble());
    }

    /** The forgetting in the last session. */
    public OptionalDouble forgetting() {
        return sessions.get(sessions.size() - 1).forgetting();
    }

    /** The mean over sessions of the area under the ROC curve, 0..1; empty where nothing was measured. */
    public OptionalDouble auroc() {
        return sessions.stream()
                .flatMap(session -> session.detection().stream())
                .mapToDouble(Detection::auroc)
                .average();
    }

    /** The mean over sessions of the false positive rate at 95 %, 0..1; empty where nothing was measured. */
    public OptionalDouble fpr95() {
        return sessions.stream()
                .flatMap(session -> session.detection().stream())
                .mapToDouble(Detection::fpr95)
                .average();
    }
}
