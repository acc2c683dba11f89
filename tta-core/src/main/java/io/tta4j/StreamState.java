package io.tta4j;

import io.tta4j.cache.Footprint;
import io.tta4j.method.Answer;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.Batch;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What there is of one stream: its published state, the copy that learns in shadow, its counters, and whose turn it is
 * to change them.
 *
 * <p>Whoever reads waits for nobody. Those who hold the {@link #turn} come one after another; a step in the background
 * takes it to publish and to begin the copy alone, and publishes only if nobody has since it began.
 */
final class StreamState {

    private final String key;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicReference<State> served;
    private final AtomicReference<@Nullable State> shadow = new AtomicReference<>();
    private final AtomicReference<Counters> counters;
    private final UnknownSamples unknownSamples;
    private final BiConsumer<String, State> came;

    /** Whether something was made of the first state; by whoever has the turn. */
    private boolean moved;

    /** Whether it is nobody's; changed by whoever has the turn. */
    private volatile boolean over;

    /**
     * A stream as it comes into memory.
     *
     * @param key empty for the one without
     * @param counters of what was done for it before
     * @param keptUnknowns how many unknown samples are kept at most
     * @param came hears the key and the first state before anything is made of that
     */
    StreamState(String key, State first, Counters counters, int keptUnknowns, BiConsumer<String, State> came) {
        this.key = key;
        this.served = new AtomicReference<>(first);
        this.counters = new AtomicReference<>(counters);
        this.unknownSamples = new UnknownSamples(keptUnknowns);
        this.came = came;
    }

    String key() {
        return key;
    }

    ReentrantLock turn() {
        return turn;
    }

    /** The published state. */
    State state() {
        return Objects.requireNonNull(served.get());
    }

    /** The copy that learns in shadow, if there ever was one. */
    Optional<State> shadow() {
        return Optional.ofNullable(shadow.get());
    }

    /** What is to be learned on: the published state, or the copy, which starts here if it has not. */
    State learning(boolean inShadow) {
        if (!inShadow) {
            return state();
        }
        State copy = shadow.get();
        return copy == null ? beginShadow() : copy;
    }

    /** A reset between the look at the state and the copy of it would come back with the copy. */
    private State beginShadow() {
        turn.lock();
        try {
            State now = state();
            State copy = shadow.compareAndExchange(null, now);
            return copy == null ? now : copy;
        } finally {
            turn.unlock();
        }
    }

    /** Publishes what was learned and settles its account, unless another state has been published since. */
    boolean publish(boolean inShadow, State before, Lesson lesson) {
        if (inShadow) {
            return shadow.compareAndSet(before, lesson.state());
        }
        turn.lock();
        try {
            boolean published = served.compareAndSet(before, lesson.state());
            if (published && !over) {
                tellBeginning(before);
                lesson.account().settle();
            }
            return published;
        } finally {
            turn.unlock();
        }
    }

    /**
     * Publishes what becomes of the state, by whoever asks for it.
     *
     * @param told hears of the state before and after
     */
    void change(UnaryOperator<State> change, BiConsumer<State, State> told) {
        change(change, () -> {}, told);
    }

    /** Publishes what becomes of the state, and forgets the copy that learns in shadow; as {@link #change}. */
    void reset(UnaryOperator<State> change, BiConsumer<State, State> told) {
        change(change, () -> shadow.set(null), told);
    }

    private void change(UnaryOperator<State> change, Runnable published, BiConsumer<State, State> told) {
        turn.lock();
        try {
            State before = state();
            State after = change.apply(before);
            served.set(after);
            published.run();
            if (!over) {
                tellBeginning(before);
                told.accept(before, after);
            }
        } finally {
            turn.unlock();
        }
    }

    private void tellBeginning(State first) {
        if (!moved) {
            moved = true;
            came.accept(key, first);
        }
    }

    /** It is removed: nobody hears of its states from now on. Waits for a step that has the turn. */
    void end() {
        turn.lock();
        try {
            over = true;
        } finally {
            turn.unlock();
        }
    }

    /** Whether it was removed: what is learned from then on is nobody's. */
    boolean isOver() {
        return over;
    }

    Counters counters() {
        return Objects.requireNonNull(counters.get());
    }

    /** Counts a request with what it led to, and keeps its unknown samples under a number that is no other's. */
    void count(Batch batch, Answer answer, StepReport report, boolean rejected) {
        if (answer.recognition().isEmpty()) {
            add(1, batch.rows(), report, rejected);
            return;
        }
        // Samples are kept in the order of their requests' numbers.
        synchronized (unknownSamples) {
            unknownSamples.add(
                    add(1, batch.rows(), report, rejected),
                    batch,
                    answer.recognition().get());
        }
    }

    /** Counts what was learned from requests that are counted. */
    void count(StepReport report, boolean rejected) {
        add(0, 0, report, rejected);
    }

    private long add(int requests, int rows, StepReport report, boolean rejected) {
        return counters.updateAndGet(c -> new Counters(
                        c.requests() + requests,
                        c.samples() + rows,
                        c.steps() + (report.adaptedSamples() > 0 ? 1 : 0),
                        c.reliableSamples() + report.reliable(),
                        c.adaptedSamples() + report.adaptedSamples(),
                        c.resets() + (report.reset() ? 1 : 0),
                        c.rejected() + (rejected ? 1 : 0)))
                .requests();
    }

    /** What it takes beside the published state. */
    long bytesBeside() {
        return unknownSamples.bytes() + shadow().map(Footprint::of).orElse(0L);
    }

    List<UnknownSample> drainUnknowns() {
        return unknownSamples.drain();
    }
}
