package io.tta4j;

import io.tta4j.audit.AuditTrail;
import io.tta4j.audit.Recorder;
import io.tta4j.cache.Origin;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.guard.Gate;
import io.tta4j.guard.Guards;
import io.tta4j.guard.Ruling;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import io.tta4j.slice.Ticker;
import io.tta4j.snapshot.Snapshot;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A method around a model, as all its streams share it: what becomes of a batch and a state. */
final class Serving {

    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    private final AdaptableModel untouched;
    private final AdaptableModel model;
    private final Method method;
    private final Guards guards;
    private final Optional<MovingMoments> moving;
    private final Recorder recorder;
    private final Events events;
    private final Ticker ticker;
    private final State first;
    private final AtomicBoolean failing = new AtomicBoolean();

    Serving(AdaptableModel model, Method method, Guards guards, Recorder recorder, Events events, Ticker ticker) {
        guards.requireFits(model);
        this.untouched = model;
        this.model = model.withStatistics(method.statistics());
        this.method = method;
        this.guards = guards;
        this.moving = MovingMoments.of(this.model, method.statistics());
        this.recorder = recorder;
        this.events = events;
        this.ticker = ticker;
        this.first = onSource(method.initial(this.model));
        recorder.begin(method, this.model, first, events);
    }

    /** The model on the statistics that the method wants, or starts from. */
    AdaptableModel model() {
        return model;
    }

    Method method() {
        return method;
    }

    Recorder recorder() {
        return recorder;
    }

    /** What there will be to tell of a batch; nothing of one that the copy in shadow learns from. */
    Account account(StreamState stream, boolean inShadow) {
        return new Account(stream.key(), inShadow ? Recorder.none() : recorder);
    }

    Events events() {
        return events;
    }

    Ticker ticker() {
        return ticker;
    }

    /** Whether anything is learned from requests. */
    boolean learns() {
        return method.adapts() || moving.isPresent();
    }

    /** A stream that goes on from what was saved, or has seen nothing. */
    StreamState stream(String key, Optional<Snapshot> saved) {
        return new StreamState(
                key,
                saved.map(Snapshot::state).orElse(first),
                Counters.byName(saved.map(Snapshot::counters).orElse(Map.of())),
                method instanceof ClassLearner learner ? learner.keptUnknowns() : 0,
                recorder::came);
    }

    /**
     * What saved states must go with.
     *
     * @param saved whether any are: a model's fingerprint may take its time
     */
    Origin origin(boolean saved) {
        return saved
                ? Origin.of(untouched, method.name())
                : new Origin("", method.name(), model.layout().size());
    }

    /** Publishes what becomes of a stream's state by somebody's wish. */
    void change(StreamState stream, String cause, UnaryOperator<State> change) {
        stream.change(change, (before, after) -> recorder.changed(stream.key(), before, after, cause));
    }

    /** Publishes a state that has forgotten what was learned from the stream, and forgets the copy in shadow. */
    void reset(StreamState stream) {
        stream.reset(this::reset, (before, after) -> recorder.changed(stream.key(), before, after, AuditTrail.RESET));
    }

    /** A state that has forgotten what was learned from the stream. */
    State reset(State state) {
        return onSource(guards.afterReset(state, method.reset(model, state)));
    }

    /** The model on the statistics of a state. */
    AdaptableModel model(State state) {
        return on(model, state);
    }

    private AdaptableModel on(AdaptableModel base, State state) {
        return moving.isPresent() ? moving.get().model(base, state) : base;
    }

    private State onSource(State state) {
        return moving.map(moments -> moments.onSource(state)).orElse(state);
    }

    /** What a user made of a state, with what the runtime keeps in it. */
    State carried(State before, State made) {
        return onStatisticsOf(before, guards.afterChange(before, made));
    }

    /** What a method made of a state, on the statistics of that state. */
    private State onStatisticsOf(State before, State made) {
        return moving.map(moments -> moments.on(moments.of(before), made)).orElse(made);
    }

    /** Answers with a state as it is. */
    Answer answer(StreamState stream, Batch batch, State state, boolean rejected, long start) {
        Answer answer;
        long forward = ticker.nanos();
        try (Pass pass = model(state).serve(batch, state.theta())) {
            forward = ticker.nanos() - forward;
            answer = method.answer(pass, state);
        }
        stream.count(batch, answer, StepReport.skipped(batch.rows(), 0), rejected);
        answered(stream, batch.rows(), start, forward);
        return answer;
    }

    /** Answers as the model was trained. */
    Answer untouched(StreamState stream, Batch batch, long start) {
        Answer answer;
        long forward = ticker.nanos();
        try (Pass pass = untouched.serve(batch, untouched.source())) {
            forward = ticker.nanos() - forward;
            answer = new Answer(pass.logits(), pass.output());
        }
        stream.count(batch, answer, StepReport.skipped(batch.rows(), 0), false);
        answered(stream, batch.rows(), start, forward);
        return answer;
    }

    /** Tells of an answer to a request that came in at {@code start}. */
    void answered(StreamState stream, int rows, long start, long forwardNanos) {
        if (events.wanted(RuntimeEvent.Answered.class)) {
            long nanos = ticker.nanos() - start;
            events.publish(
                    RuntimeEvent.Answered.class,
                    () -> new RuntimeEvent.Answered(stream.key(), rows, nanos, forwardNanos));
        }
    }

    /**
     * Looks at a batch: moves what moves with a stream, runs forward, takes a step.
     *
     * @param base the model, or what stands for it
     * @param answering whether an answer is wanted
     * @param account is told of it
     * @throws CancellationException if the step was given up on the way
     */
    Lesson learn(AdaptableModel base, Batch batch, State before, boolean answering, Account account) {
        State now = before;
        long start = ticker.nanos();
        try {
            if (moving.isPresent()) {
                Observation observation = moving.get().observe(base, batch, before);
                try (Pass pass = observation.pass()) {
                    Optional<Fault> refusal = moving.get().refusal(before, observation.moments(), batch.rows());
                    if (refusal.isPresent()) {
                        return Lesson.none(before, batch.rows(), refusal.get(), account);
                    }
                    State moved = moving.get().on(observation.moments(), before);
                    account.changed(before, moved, "statistics");
                    now = moved;
                    if (!method.adapts()) {
                        long forward = ticker.nanos() - start;
                        return step(on(base, now), batch, pass, now, answer(pass, now, answering), forward, account);
                    }
                }
            }
            try (Pass pass = on(base, now).forward(batch, now.theta())) {
                long forward = ticker.nanos() - start;
                return step(on(base, now), batch, pass, now, answer(pass, now, answering), forward, account);
            }
        } catch (ModelException e) {
            return Lesson.none(now, batch.rows(), Fault.failed(e), account);
        }
    }

    private Optional<Answer> answer(Pass pass, State state, boolean answering) {
        return answering ? Optional.of(method.answer(pass, state)) : Optional.empty();
    }

    private double meanEntropy(Pass pass) {
        return events.wanted(RuntimeEvent.Adapted.class) ? Entropy.mean(pass.logits()) : Double.NaN;
    }

    private Lesson step(
            AdaptableModel on,
            Batch batch,
            Pass pass,
            State before,
            Optional<Answer> answer,
            long forward,
            Account account) {
        double entropy = meanEntropy(pass);
        State now = before;
        StepReport none = StepReport.skipped(pass.rows(), 0);
        try {
            if (!method.adapts()) {
                return judged(on, pass, before, "", answer, entropy, forward, account);
            }
            Gate gate = guards.gate(pass.logits(), before);
            now = gate.state();
            if (guards.hasGate()) {
                account.changed(before, now, "gate");
            }
            if (!gate.open()) {
                return judged(on, pass, now, gate.guard(), answer, entropy, forward, account);
            }
            Recorder.Step recorded = account.step(batch, on, pass, now);
            Adaptation made = adapt(recorded, now, account);
            Ruling ruling = guards.judge(on, pass, now, onStatistics(now, made));
            State state = publishable(ruling);
            account.published(recorded, state, ruling.guard().isEmpty() ? "step" : ruling.guard());
            return new Lesson(
                    state,
                    report(made.report(), ruling),
                    answer,
                    fault(ruling),
                    "",
                    Optional.of(ruling),
                    entropy,
                    forward,
                    account);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            return Lesson.unjudged(now, none, answer, Optional.of(Fault.failed(e)), entropy, forward, account);
        }
    }

    /** Without a step: what was learned before, and what moves with the stream, is judged all the same. */
    private Lesson judged(
            AdaptableModel on,
            Pass pass,
            State now,
            String heldBy,
            Optional<Answer> answer,
            double entropy,
            long forward,
            Account account) {
        StepReport none = StepReport.skipped(pass.rows(), 0);
        Ruling ruling = guards.judge(on, pass, now, new Adaptation(now, none));
        State state = publishable(ruling);
        account.changed(now, state, "guards");
        return new Lesson(
                state,
                report(none, ruling),
                answer,
                fault(ruling),
                heldBy,
                Optional.of(ruling),
                entropy,
                forward,
                account);
    }

    /** Asks the method; a step that it cannot take is told of, too. */
    private Adaptation adapt(Recorder.Step recorded, State before, Account account) {
        try {
            return recorded.adapt(method);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            account.published(recorded, before, Fault.FAILED);
            throw e;
        }
    }

    /** What a method made of a state, on the statistics of that state, or the source's where it has reset. */
    private Adaptation onStatistics(State before, Adaptation made) {
        boolean reset = made.report().reset();
        return new Adaptation(reset ? onSource(made.state()) : onStatisticsOf(before, made.state()), made.report());
    }

    /** The state that guards let pass. */
    private State publishable(Ruling ruling) {
        return ruling.outcome() == Ruling.Outcome.RESET ? reset(ruling.publish()) : ruling.publish();
    }

    private static boolean refused(Ruling ruling) {
        return ruling.outcome() == Ruling.Outcome.REJECTED;
    }

    private static StepReport report(StepReport made, Ruling ruling) {
        return refused(ruling)
                ? StepReport.skipped(made.samples(), 0)
                : made.andReset(ruling.outcome() == Ruling.Outcome.RESET);
    }

    private static Optional<Fault> fault(Ruling ruling) {
        return refused(ruling)
                ? Optional.of(new Fault(ruling.guard(), ruling.reason(), Optional.empty()))
                : Optional.empty();
    }

    /** Tells what came of a batch whose lesson is published and counted. */
    void learned(StreamState stream, Lesson lesson, long nanos) {
        lesson.ruling().ifPresent(this::log);
        if (lesson.fault().isPresent()) {
            refused(stream, lesson.fault().get());
            return;
        }
        String key = stream.key();
        if (lesson.heldBy().isEmpty()) {
            events.publish(
                    RuntimeEvent.Adapted.class,
                    () -> new RuntimeEvent.Adapted(
                            key,
                            lesson.report(),
                            lesson.meanEntropy(),
                            lesson.state().theta().minus(model.source()).norm(),
                            nanos));
        } else {
            int rows = lesson.report().samples();
            events.publish(RuntimeEvent.Held.class, () -> new RuntimeEvent.Held(key, rows, lesson.heldBy()));
        }
        Optional<Ruling> ruling = lesson.ruling();
        if (lesson.report().reset()) {
            String cause = ruling.filter(by -> by.outcome() == Ruling.Outcome.RESET)
                    .map(Ruling::guard)
                    .orElse(method.name());
            events.publish(RuntimeEvent.Reset.class, () -> new RuntimeEvent.Reset(key, cause));
        }
        ruling.filter(by -> by.outcome() == Ruling.Outcome.ROLLED_BACK)
                .ifPresent(by -> events.publish(
                        RuntimeEvent.RolledBack.class, () -> new RuntimeEvent.RolledBack(key, by.guard())));
    }

    private void log(Ruling ruling) {
        if (ruling.outcome() != Ruling.Outcome.PUBLISHED) {
            LOG.debug("{}: a step of {} is {}: {}", ruling.guard(), method.name(), ruling.outcome(), ruling.reason());
        }
    }

    private void refused(StreamState stream, Fault fault) {
        if (fault.cause().isPresent()) {
            failed(stream, fault.cause().get());
        } else {
            events.publish(
                    RuntimeEvent.Rejected.class,
                    () -> new RuntimeEvent.Rejected(stream.key(), fault.guard(), fault.reason()));
        }
    }

    /** Logs the first failure; further ones are told as events. */
    void failed(StreamState stream, RuntimeException cause) {
        if (failing.compareAndSet(false, true)) {
            LOG.warn(
                    "{} failed; the state before it is kept, and further failures are told as events",
                    method.name(),
                    cause);
        }
        events.publish(RuntimeEvent.Failed.class, () -> new RuntimeEvent.Failed(stream.key(), cause));
    }

    void dropped(StreamState stream, int rows, String cause) {
        events.publish(RuntimeEvent.Dropped.class, () -> new RuntimeEvent.Dropped(stream.key(), rows, cause));
    }

    /** Tells how the copy that learns in shadow answers, beside the source's logits for the same rows. */
    void shadowed(StreamState stream, Matrix source, Lesson lesson) {
        lesson.answer()
                .ifPresent(answer -> events.publish(RuntimeEvent.Shadowed.class, () -> {
                    int[] predictions = answer.predictions();
                    int agreeing = 0;
                    for (int row = 0; row < predictions.length; row++) {
                        agreeing += source.argmax(row) == predictions[row] ? 1 : 0;
                    }
                    return new RuntimeEvent.Shadowed(
                            stream.key(),
                            predictions.length,
                            (double) agreeing / predictions.length,
                            Entropy.mean(source),
                            Entropy.mean(answer.logits()),
                            lesson.report().loss());
                }));
    }
}
