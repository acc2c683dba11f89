package io.tta4j;

import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.State;
import io.tta4j.model.Batch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One stream of requests to an {@link AdaptiveModel}, with a state and counters of its own.
 *
 * <p>The state is immutable and published by one volatile write, so that {@link #state()} and requests never see half
 * an update. Thread-safe.
 *
 * <p>A {@linkplain AdaptiveModel#stream stream with a key} is a view, to be made for a request or kept for years. Its
 * state is in memory during a call and while requests wait to be learned from; at other times it may be in the store
 * alone, from which the next call brings it back with its counters. The copy that learns in {@link Mode#SHADOW} and the
 * unknown samples are forgotten when it leaves memory. Every method throws an {@link IllegalStateException} once the
 * model is closed, but those of the model's own stream that change nothing.
 */
public sealed class AdaptiveStream permits AdaptiveModel {

    private final AdaptiveRuntime runtime;
    private final String key;

    AdaptiveStream(AdaptiveRuntime runtime, String key) {
        this.runtime = runtime;
        this.key = key;
    }

    /** Uses the stream, which stays in memory meanwhile. */
    <R> R with(Function<StreamState, R> use) {
        return serve(use);
    }

    /** Uses the stream for a request: closing waits for it. */
    private <R> R serve(Function<StreamState, R> use) {
        runtime.enter();
        try {
            return inMemory(use);
        } finally {
            runtime.leave();
        }
    }

    <R> R inMemory(Function<StreamState, R> use) {
        return runtime.streams().with(key, use);
    }

    /**
     * Answers a request and learns from it, as the model's {@linkplain AdaptiveModel#mode mode} says: INLINE within the
     * call, in BACKGROUND later, from a copy of its inputs.
     *
     * @param batch N rows; may be changed once the call has returned
     * @return logits [N, C] of the forward pass before the step
     * @throws IllegalArgumentException if the batch does not fit the model; nothing has changed then
     * @throws IllegalStateException if the adaptive model is closed
     */
    public Answer predict(Batch batch) {
        int era = runtime.era();
        return predict(batch, runtime.mode(), era);
    }

    /**
     * As {@link #predict(Batch)}, in a mode of the request's own instead of the model's.
     *
     * @param mode such as SHADOW for a caller who wants to see first
     */
    public Answer predict(Batch batch, Mode mode) {
        return predict(batch, mode, runtime.era());
    }

    private Answer predict(Batch batch, Mode mode, int era) {
        long start = runtime.serving().ticker().nanos();
        return serve(stream -> runtime.predict(stream, batch, mode, era, start));
    }

    /**
     * As {@link #predict(Batch)}, on a thread of an executor; what it throws, the stage completes with.
     *
     * @param batch N rows; must stay unchanged until the stage is completed
     */
    public CompletionStage<Answer> predictAsync(Batch batch, Executor executor) {
        return CompletableFuture.supplyAsync(() -> predict(batch), executor);
    }

    /**
     * Answers a request with the state as it is, and learns nothing from it: for requests that an adaptation would keep
     * waiting, and to see what a state is worth. Counts as a request.
     *
     * @param batch N rows
     * @throws IllegalArgumentException if the batch does not fit the model
     * @throws IllegalStateException if the adaptive model is closed
     */
    public Answer answer(Batch batch) {
        return predict(batch, Mode.FROZEN);
    }

    /** The stream's key; empty for the model's own stream. */
    public String key() {
        return key;
    }

    /** The published state. */
    public State state() {
        return with(StreamState::state);
    }

    /** The copy of the state that learns in {@link Mode#SHADOW}; empty before the first such request. */
    public Optional<State> shadow() {
        return with(StreamState::shadow);
    }

    /**
     * Forgets what was learned from the stream: theta and statistics are the source model's again, and there is no copy
     * in shadow. Registered classes stay, counters go on. What is pending is learned from all the same.
     */
    public void reset() {
        serve(stream -> {
            runtime.serving().reset(stream);
            return stream;
        });
        runtime.events().publish(RuntimeEvent.Reset.class, () -> new RuntimeEvent.Reset(key, AdaptiveRuntime.CALLER));
    }

    /**
     * Publishes a state that was kept: an earlier one, another stream's, or the copy that learned in shadow.
     *
     * @param state of the same model and method
     * @throws IllegalArgumentException if its theta or moving statistics are of another size, or a value is not finite;
     *     nothing has changed then
     */
    public void restore(State state) {
        change(AdaptiveRuntime.RESTORE, before -> {
            runtime.requireFits(state);
            return state;
        });
        runtime.events()
                .publish(RuntimeEvent.RolledBack.class, () -> new RuntimeEvent.RolledBack(key, AdaptiveRuntime.CALLER));
    }

    /**
     * The names of all classes: the model's, then those registered, in the order of the answers' class numbers.
     *
     * @throws IllegalStateException if the method learns no classes
     */
    public List<String> classes() {
        return runtime.learner().classes(state());
    }

    /**
     * Takes on a class; the next request knows it.
     *
     * @param name must be new
     * @param supports K labelled samples of it, at least one
     * @throws IllegalArgumentException if the name is taken, there are too many classes, or the supports do not fit the
     *     model or lead to values that are not finite; nothing has changed then
     * @throws IllegalStateException if the method learns no classes
     */
    public void register(String name, Batch supports) {
        ClassLearner learner = runtime.learner();
        changeClasses("register", before -> learner.register(runtime.serving().model(before), before, name, supports));
    }

    /**
     * Tells more samples of a registered class; throws as {@link #register}, and where the class is not a registered
     * one.
     */
    public void addSupports(String name, Batch supports) {
        ClassLearner learner = runtime.learner();
        changeClasses(
                "addSupports", before -> learner.addSupports(runtime.serving().model(before), before, name, supports));
    }

    /**
     * Gives up a registered class. Classes registered after it move up by one.
     *
     * @throws IllegalArgumentException if the class is not a registered one
     * @throws IllegalStateException if the method learns no classes
     */
    public void remove(String name) {
        ClassLearner learner = runtime.learner();
        changeClasses("remove", before -> learner.remove(before, name));
    }

    /**
     * Hands out, oldest first, the samples that were flagged as unknown and not handed out before, as many as the
     * method {@linkplain ClassLearner#keptUnknowns has kept}: for an operator to look at and to name.
     */
    public List<UnknownSample> drainUnknowns() {
        return with(StreamState::drainUnknowns);
    }

    private void changeClasses(String cause, UnaryOperator<State> change) {
        change(cause, before -> {
            State after = runtime.serving().carried(before, change.apply(before));
            if (!after.isFinite()) {
                throw new IllegalArgumentException(
                        "a state must be finite to be published, but what %s made of it was not".formatted(cause));
            }
            return after;
        });
    }

    private void change(String cause, UnaryOperator<State> change) {
        serve(stream -> {
            runtime.serving().change(stream, cause, change);
            return stream;
        });
    }

    /** What was done so far, as one consistent set of figures. */
    public Counters counters() {
        return with(StreamState::counters);
    }
}
