package io.tta4j.stream.replay;

import io.tta4j.method.Answer;
import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.BaseNovel;
import io.tta4j.stream.metric.Forgetting;
import io.tta4j.stream.setting.NewClass;
import io.tta4j.stream.setting.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One method's answers on a class-incremental stream, session by session. */
final class IncrementalTally {

    private final List<String> sets;
    private final List<SessionTally> sessions = new ArrayList<>();
    private final Map<String, BaseNovel> corruptions = new LinkedHashMap<>();
    private final List<Integer> sessionOfClass;
    private final int baseClasses;

    /**
     * Before the first session.
     *
     * @param sets the names of the corruptions
     */
    IncrementalTally(int baseClasses, List<String> sets) {
        this.baseClasses = baseClasses;
        this.sets = sets;
        this.sessionOfClass = new ArrayList<>(Collections.nCopies(baseClasses, 0));
    }

    void begin(Session session) {
        List<Integer> introduced =
                session.introduced().stream().map(NewClass::label).toList();
        sessionOfClass.addAll(Collections.nCopies(introduced.size(), sessions.size()));
        sessions.add(new SessionTally(introduced));
    }

    void add(Answer answer, int[] predictions, List<Expected> expected) {
        SessionTally session = sessions.get(sessions.size() - 1);
        for (int row = 0; row < predictions.length; row++) {
            Expected of = expected.get(row);
            boolean ofBase = of.isNamed() && of.number() < baseClasses;
            session.meet(sets.get(of.set()));
            if (of.preview() && (ofBase || !of.isNamed())) {
                session.score(!of.isNamed(), UnknownScore.of(answer, row));
            }
            if (of.isNamed()) {
                boolean right = predictions[row] == of.number();
                session.add(ofBase, sessionOfClass.get(of.number()), right);
                corruptions.merge(sets.get(of.set()), BaseNovel.NONE.with(ofBase, right), BaseNovel::plus);
            }
        }
    }

    IncrementalResult result(long seed) {
        List<SessionResult> results = new ArrayList<>();
        List<Map<Integer, Accuracy>> groups = new ArrayList<>();
        for (SessionTally session : sessions) {
            groups.add(session.groups());
            results.add(session.result(Forgetting.inLast(groups)));
        }
        return new IncrementalResult(seed, results, corruptions);
    }
}
