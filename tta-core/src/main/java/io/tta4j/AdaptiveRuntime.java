package io.tta4j;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.State;
import io.tta4j.model.Batch;
import io.tta4j.slice.InFlight;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What all streams of an {@link AdaptiveModel} share: who serves, when steps are taken, and the mode. */
final class AdaptiveRuntime {

    /** Who did it, in events, where it was no method and no guard. */
    static final String CALLER = "caller";

    /** Why a state was changed, for the trail, where an earlier or another stream's was published. */
    static final String RESTORE = "restore";

    /** What events call the mode between a pause and its end. */
    private static final String PAUSED = "paused";

    private final Serving serving;
    private final Streams streams;
    private final Optional<Backlog> backlog;
    private final Schedule schedule;
    private final InFlight requests = new InFlight();
    private final AtomicBoolean paused = new AtomicBoolean();
    private volatile Mode mode;

    AdaptiveRuntime(Serving serving, Streams streams, RuntimeConfig config, String name) {
        this.serving = serving;
        this.streams = streams;
        this.mode = config.mode();
        boolean inBackground = config.execution() == Execution.BACKGROUND;
        this.backlog = inBackground || config.adaptationBatch().isPresent()
                ? Optional.of(new Backlog(
                        config.adaptationBatch().orElse(RuntimeConfig.DEFAULT_BATCH),
                        inBackground ? config.greatestAge().toNanos() : Long.MAX_VALUE,
                        config.pendingBytes(),
                        config.overload()))
                : Optional.empty();
        Optional<Gathered> gathered = backlog.map(waiting -> new Gathered(serving, streams, waiting, config));
        this.schedule =
                gathered.map(batches -> schedule(batches, config, name)).orElseGet(() -> new InlineSchedule(serving));
        if (mode != Mode.ADAPTING) {
            // Who listens from the beginning need not ask.
            tellMode(RuntimeConfig.text(mode));
        }
    }

    private Schedule schedule(Gathered gathered, RuntimeConfig config, String name) {
        return config.execution() == Execution.BACKGROUND
                ? BackgroundSchedule.start(serving, gathered, requests, config, name)
                : new GatheringSchedule(serving, gathered, config.finishOnClose());
    }

    Serving serving() {
        return serving;
    }

    Streams streams() {
        return streams;
    }

    Schedule schedule() {
        return schedule;
    }

    /** What waits to be learned from; empty where nothing ever does. */
    Optional<Backlog> backlog() {
        return backlog;
    }

    Events events() {
        return serving.events();
    }

    int era() {
        return schedule.era();
    }

    /** What came in at {@code start}, while it {@linkplain #enter counts} as a request. */
    Answer predict(StreamState stream, Batch batch, Mode how, int era, long start) {
        return switch (how) {
            case ADAPTING -> schedule.predict(stream, batch, era, start);
            case SHADOW -> schedule.shadow(stream, batch, era, start);
            case FROZEN -> serving.answer(stream, batch, stream.state(), false, start);
            case DISABLED -> serving.untouched(stream, batch, start);
        };
    }

    /**
     * A request comes in: closing waits for it.
     *
     * @throws IllegalStateException if this is closed
     */
    void enter() {
        requests.enter();
    }

    /** A request is over. */
    void leave() {
        requests.leave();
    }

    /** @throws IllegalArgumentException if a state is of another model, or broken */
    void requireFits(State state) {
        serving.model().layout().requireFits(state.theta());
        if (!state.isFinite()) {
            throw new IllegalArgumentException("a state must be finite to be restored, but was not");
        }
        // Its moments, if it has any, must be those of the model's channels.
        var unused = serving.model(state);
    }

    /** @throws IllegalStateException if the method learns no classes */
    ClassLearner learner() {
        if (serving.method() instanceof ClassLearner learner) {
            return learner;
        }
        throw new IllegalStateException("the method must be one that learns classes, such as csfa, but was '%s'"
                .formatted(serving.method().name()));
    }

    Mode mode() {
        return mode;
    }

    void setMode(Mode next) {
        Mode before = mode;
        mode = next;
        if (before != next) {
            if (!next.learns()) {
                schedule.drop(RuntimeConfig.text(next));
            }
            tellMode(RuntimeConfig.text(next));
            if (paused.get()) {
                tellMode(PAUSED);
            }
        }
    }

    void pause() {
        if (paused.compareAndSet(false, true)) {
            schedule.pause();
            tellMode(PAUSED);
        }
    }

    void resume() {
        if (paused.compareAndSet(true, false)) {
            schedule.resume();
            tellMode(RuntimeConfig.text(mode));
        }
    }

    private void tellMode(String text) {
        events().publish(RuntimeEvent.ModeChanged.class, () -> new RuntimeEvent.ModeChanged("", text));
    }

    void close() {
        if (requests.close()) {
            try {
                schedule.close();
            } finally {
                streams.close();
            }
        }
    }
}
