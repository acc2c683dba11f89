package io.tta4j.stream.replay;

import io.tta4j.AdaptiveModel;
import io.tta4j.Counters;
import io.tta4j.audit.AuditTrail;
import io.tta4j.audit.Recorder;
import io.tta4j.guard.Guards;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.setting.ImageStream;
import io.tta4j.stream.setting.Session;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One method on one stream: a model that starts from its source state, and the tally of its answers. */
final class MethodRun implements AutoCloseable {

    private static final int SIGNIFICANT_DIGITS = 3;

    private final Method method;
    private final AdaptiveModel model;
    private final Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
    private final GuardTally guardTally;
    private final ScoreTally scores;
    private final Optional<IncrementalTally> incremental;
    private final Optional<PaceTally> pace;
    private final Optional<AuditTrail> trail;
    private Accuracy clean = Accuracy.NONE;
    private int samples;
    private int batches;
    private long nanos;
    private long lastNanos;
    private Counters learned;
    private int[] predictions = {};

    /**
     * Before a stream.
     *
     * @param guards what keeps its states sound
     * @param sets the names of the corruptions
     * @param window how many images a window holds at least
     * @param trail is told of every step, and closed with the run
     */
    MethodRun(
            AdaptableModel model,
            Method method,
            Guards guards,
            ImageStream stream,
            List<String> sets,
            int window,
            Optional<TimeConstraint> timeConstraint,
            Optional<AuditTrail> trail) {
        boolean hasNewClasses = stream.isClassIncremental();
        int newClasses = stream.sessions().stream()
                .mapToInt(session -> session.introduced().size())
                .sum();
        this.method = method;
        this.trail = trail;
        this.model = AdaptiveModel.builder(model, method)
                .guards(guards)
                .recorder(trail.<Recorder>map(audit -> audit).orElse(Recorder.none()))
                .build();
        this.guardTally = new GuardTally(this.model.events());
        this.learned = this.model.counters();
        this.scores = new ScoreTally(sets, model.classes() + newClasses, window, !hasNewClasses, learned);
        this.incremental = hasNewClasses ? Optional.of(new IncrementalTally(model.classes(), sets)) : Optional.empty();
        this.pace = timeConstraint
                .filter(constraint -> method.adapts())
                .map(constraint -> new PaceTally(constraint, method.name()));
    }

    /**
     * Begins a session: registers its classes where the method can learn any. Not timed.
     *
     * @param supports for each class of the session, in order
     */
    void begin(Session session, List<Batch> supports) {
        incremental.ifPresent(tally -> tally.begin(session));
        if (method instanceof ClassLearner) {
            for (int i = 0; i < supports.size(); i++) {
                model.register(String.valueOf(session.introduced().get(i).label()), supports.get(i));
            }
        }
    }

    /**
     * Answers a batch, scores the answer, adapts where there is the time for it; only the answer and the adaptation are
     * timed.
     */
    void answer(Batch batch, List<Expected> expected) {
        boolean late = pace.map(PaceTally::isLate).orElse(false);
        long start = System.nanoTime();
        Answer answer = late ? model.answer(batch) : model.predict(batch);
        predictions = answer.predictions();
        long elapsed = System.nanoTime() - start;
        lastNanos = Math.max(1, elapsed);
        nanos += lastNanos;
        latency.recordValue(elapsed);
        samples += predictions.length;
        batches++;
        learned = model.counters();
        scores.add(answer, predictions, expected, learned);
        incremental.ifPresent(tally -> tally.add(answer, predictions, expected));
    }

    /** What was answered on a row of the last batch. */
    int prediction(int row) {
        return predictions[row];
    }

    /** All methods have answered the batch: the stream went on meanwhile. */
    void keepPaceWith(MethodRun source) {
        pace.ifPresent(tally -> tally.answered(lastNanos, source.lastNanos));
    }

    /**
     * Answers clean images with the state as it is.
     *
     * @param expected the number of each row's class, or {@link Expected#UNNAMED}
     */
    void answerClean(Batch batch, int[] expected) {
        int[] answered = model.answer(batch).predictions();
        int named = 0;
        int hits = 0;
        for (int row = 0; row < answered.length; row++) {
            named += expected[row] == Expected.UNNAMED ? 0 : 1;
            hits += answered[row] == expected[row] ? 1 : 0;
        }
        clean = clean.plus(new Accuracy(named, hits));
    }

    long nanos() {
        return nanos;
    }

    /** The scores, once the last batch is answered, and the clean images behind it. */
    Scores scores() {
        return scores.scores(learned, clean.samples() == 0 ? Optional.empty() : Optional.of(clean));
    }

    /** The result, once the last batch is answered, and the clean images behind it. */
    ReplayResult result(StreamFacts facts, Scores source, long sourceNanos, List<AnsweredImage> gallery) {
        return new ReplayResult(
                method.name(),
                facts.cell().setting(),
                facts.cell().seed(),
                facts.cell().stream(),
                facts.fingerprint(),
                samples,
                batches,
                scores(),
                source,
                new ReplayResult.Learning(
                        learned.reliableSamples(),
                        learned.adaptedSamples(),
                        learned.resets(),
                        learned.rejected(),
                        guardTally.held(),
                        guardTally.rolledBack()),
                facts.domainChanges(),
                pace.map(PaceTally::pace),
                new ReplayResult.Latency(
                        milliseconds(latency.getValueAtPercentile(50)),
                        milliseconds(latency.getValueAtPercentile(90)),
                        milliseconds(latency.getValueAtPercentile(99)),
                        milliseconds(latency.getMaxValue())),
                nanos / (double) TimeUnit.SECONDS.toNanos(1),
                nanos / (double) sourceNanos,
                incremental.map(tally -> tally.result(facts.cell().seed())),
                gallery);
    }

    @Override
    public void close() throws IOException {
        if (trail.isPresent()) {
            trail.get().close();
        }
    }

    private static double milliseconds(long nanos) {
        return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
