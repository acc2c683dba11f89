package io.tta4j;

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
import io.tta4j.model.ModelException;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A served model that adapts to the stream it serves.
 *
 * <p>Adaptation is INLINE: {@link #predict} returns the answer of its forward pass, after the step that the batch led
 * to. The same requests in the same order give the same bits. Calls from several threads are taken one after another;
 * the state is immutable and published by one volatile write, so {@link #state()} never shows half an update.
 *
 * <p>Where the method wants {@linkplain io.tta4j.model.Statistics moving statistics}, a request moves those of batch
 * norm first, in a forward pass of its own, and is answered under what they have become; they are part of the state. A
 * batch that would make them other than finite leaves them as they are.
 *
 * <p>Where the method {@linkplain ClassLearner learns classes}, they are registered here, and samples that look like
 * none can be read back.
 *
 * <p>{@link Guards} say what is adapted to and what of it is published. An adaptation that fails or that they refuse is
 * dropped and counted; the request is answered all the same.
 *
 * <p>Thread-safe. Does not own the model: the caller closes that.
 */
public final class AdaptiveModel {

    private static final Logger LOG = LoggerFactory.getLogger(AdaptiveModel.class);

    private final AdaptableModel model;
    private final Method method;
    private final Guards guards;
    private final Optional<MovingMoments> moving;
    private final ReentrantLock turn = new ReentrantLock();
    private final UnknownSamples unknownSamples;
    private volatile State state;
    private volatile Counters counters = new Counters(0, 0, 0, 0, 0, 0, 0);

    private AdaptiveModel(AdaptableModel model, Method method, Guards guards) {
        this.model = model.withStatistics(method.statistics());
        this.method = method;
        this.guards = guards;
        this.moving = MovingMoments.of(this.model, method.statistics());
        this.unknownSamples = new UnknownSamples(method instanceof ClassLearner learner ? learner.keptUnknowns() : 0);
        this.state = onSource(method.initial(this.model));
    }

    /**
     * Puts {@code method} around {@code model}, starting from the model as it was trained, with batch norm on the
     * method's {@linkplain Method#statistics statistics}.
     *
     * @throws ModelException if the method wants statistics that the model cannot take
     * @throws IllegalArgumentException if the method's settings do not fit the model
     */
    public static AdaptiveModel of(AdaptableModel model, Method method) {
        return of(model, method, Guards.finiteOnly());
    }

    /** The same, with guards of its own; without them, only states that are not finite are refused. */
    public static AdaptiveModel of(AdaptableModel model, Method method, Guards guards) {
        return new AdaptiveModel(model, method, guards);
    }

    /**
     * Answers a request, then adapts to it.
     *
     * @param batch N rows
     * @return logits [N, C] of the forward pass before the step
     * @throws IllegalArgumentException if the batch does not fit the model; nothing has changed then
     */
    public Answer predict(Batch batch) {
        if (!method.adapts() && moving.isEmpty()) {
            return serve(batch, state, false);
        }
        turn.lock();
        try {
            return moving.isPresent() ? move(batch, moving.get()) : step(batch);
        } catch (ModelException e) {
            LOG.warn("{} cannot keep what a step needs; the request is answered without one", method.name(), e);
            return serve(batch, state, true);
        } finally {
            turn.unlock();
        }
    }

    /** Moves batch norm's statistics, then answers under them and takes a step. */
    private Answer move(Batch batch, MovingMoments moments) {
        State before = state;
        Observation observation = moments.observe(batch, before);
        try (Pass pass = observation.pass()) {
            State moved = moments.on(observation.moments(), before);
            if (!moved.isFinite()) {
                LOG.warn("a batch led to statistics that are not finite; those before it are kept");
                return serve(batch, before, true);
            }
            state = moved;
            if (!method.adapts()) {
                return answer(batch, pass, moved, false);
            }
        }
        return step(batch);
    }

    /** Answers, then takes a step. */
    private Answer step(Batch batch) {
        State before = state;
        try (Pass pass = model(before).forward(batch, before.theta())) {
            Answer answer = method.answer(pass, before);
            adapt(batch, answer, pass, before);
            return answer;
        }
    }

    /**
     * Answers a request with the state as it is, and learns nothing from it: for requests that an adaptation would keep
     * waiting, and to see what a state is worth. Counts as a request.
     *
     * @param batch N rows
     * @throws IllegalArgumentException if the batch does not fit the model
     */
    public Answer answer(Batch batch) {
        return serve(batch, state, false);
    }

    private Answer serve(Batch batch, State now, boolean rejected) {
        try (Pass pass = model(now).serve(batch, now.theta())) {
            return answer(batch, pass, now, rejected);
        }
    }

    private Answer answer(Batch batch, Pass pass, State now, boolean rejected) {
        Answer answer = method.answer(pass, now);
        count(batch, answer, StepReport.skipped(batch.rows(), 0), rejected);
        return answer;
    }

    /** The model on the statistics of a state. */
    private AdaptableModel model(State now) {
        return moving.map(moments -> moments.model(now)).orElse(model);
    }

    private State onSource(State now) {
        return moving.map(moments -> moments.onSource(now)).orElse(now);
    }

    /** What a method made of a state, on the statistics of that state. */
    private State onStatisticsOf(State before, State made) {
        return moving.map(moments -> moments.on(moments.of(before), made)).orElse(made);
    }

    /** What a user made of a state, with what the runtime keeps in it. */
    private State carried(State before, State made) {
        return onStatisticsOf(before, guards.afterChange(before, made));
    }

    private void adapt(Batch batch, Answer answer, Pass pass, State before) {
        StepReport report = StepReport.skipped(pass.rows(), 0);
        boolean rejected = false;
        try {
            AdaptableModel current = model(before);
            Gate gate = guards.gate(pass.logits(), before);
            Adaptation made =
                    gate.open() ? method.adapt(current, pass, gate.state()) : new Adaptation(gate.state(), report);
            Ruling ruling = guards.judge(current, pass, gate.state(), made);
            rejected = ruling.outcome() == Ruling.Outcome.REJECTED;
            boolean reset = ruling.outcome() == Ruling.Outcome.RESET;
            state = reset
                    ? sourceOf(ruling.publish())
                    : made.report().reset() ? onSource(ruling.publish()) : onStatisticsOf(before, ruling.publish());
            report = rejected ? report : made.report().andReset(reset);
            log(ruling);
        } catch (RuntimeException e) {
            rejected = true;
            LOG.warn("{} failed; the state before it is kept", method.name(), e);
        }
        count(batch, answer, report, rejected);
    }

    private void log(Ruling ruling) {
        switch (ruling.outcome()) {
            case PUBLISHED -> {}
            case BOUNDED -> LOG.debug("{}: {}", ruling.guard(), ruling.reason());
            default ->
                LOG.warn(
                        "{}: a step of {} is {}: {}", ruling.guard(), method.name(), ruling.outcome(), ruling.reason());
        }
    }

    /** Counts a request, and keeps its unknown samples under a number that is no other's. */
    private void count(Batch batch, Answer answer, StepReport report, boolean rejected) {
        turn.lock();
        try {
            Counters c = counters;
            counters = new Counters(
                    c.requests() + 1,
                    c.samples() + batch.rows(),
                    c.steps() + (report.adaptedSamples() > 0 ? 1 : 0),
                    c.reliableSamples() + report.reliable(),
                    c.adaptedSamples() + report.adaptedSamples(),
                    c.resets() + (report.reset() ? 1 : 0),
                    c.rejected() + (rejected ? 1 : 0));
            long request = counters.requests();
            answer.recognition().ifPresent(recognition -> unknownSamples.add(request, batch, recognition));
        } finally {
            turn.unlock();
        }
    }

    /** The published state. */
    public State state() {
        return state;
    }

    /**
     * Forgets what was learned from the stream: theta and statistics are the source model's again. Registered classes
     * stay, counters go on.
     */
    public void reset() {
        change(this::sourceOf);
    }

    /** A state on the source again, with what outlives that. */
    private State sourceOf(State before) {
        return onSource(guards.afterReset(before, method.reset(model, before)));
    }

    /**
     * The names of all classes: the model's, then those registered, in the order of the answers' class numbers.
     *
     * @throws IllegalStateException if the method learns no classes
     */
    public List<String> classes() {
        return learner().classes(state);
    }

    /**
     * Takes on a class; the next request knows it.
     *
     * @param name must be new
     * @param supports K labelled samples of it, at least one
     * @throws IllegalArgumentException if the name is taken, there are too many classes, or the supports do not fit the
     *     model; nothing has changed then
     * @throws IllegalStateException if the method learns no classes
     */
    public void register(String name, Batch supports) {
        ClassLearner learner = learner();
        change(before -> carried(before, learner.register(model(before), before, name, supports)));
    }

    /**
     * Tells more samples of a registered class; throws as {@link #register}, and where the class is not a registered
     * one.
     */
    public void addSupports(String name, Batch supports) {
        ClassLearner learner = learner();
        change(before -> carried(before, learner.addSupports(model(before), before, name, supports)));
    }

    /**
     * Gives up a registered class. Classes registered after it move up by one.
     *
     * @throws IllegalArgumentException if the class is not a registered one
     * @throws IllegalStateException if the method learns no classes
     */
    public void remove(String name) {
        ClassLearner learner = learner();
        change(before -> carried(before, learner.remove(before, name)));
    }

    /**
     * Hands out, oldest first, the samples that were flagged as unknown and not handed out before, as many as the
     * method {@linkplain ClassLearner#keptUnknowns has kept}: for an operator to look at and to name.
     */
    public List<UnknownSample> drainUnknowns() {
        turn.lock();
        try {
            return unknownSamples.drain();
        } finally {
            turn.unlock();
        }
    }

    private ClassLearner learner() {
        if (method instanceof ClassLearner learner) {
            return learner;
        }
        throw new IllegalStateException(
                "the method must be one that learns classes, such as csfa, but was '%s'".formatted(method.name()));
    }

    private void change(UnaryOperator<State> change) {
        turn.lock();
        try {
            state = change.apply(state);
        } finally {
            turn.unlock();
        }
    }

    /** What was done so far, as one consistent set of figures. */
    public Counters counters() {
        return counters;
    }
}
