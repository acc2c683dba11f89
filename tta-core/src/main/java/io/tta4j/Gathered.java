package io.tta4j;

import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that were answered and are learned from later, as batches of their own: takes copies, hands them over to the
 * backlog, and learns from what comes out of it. No failure here is a request's.
 */
final class Gathered {

    /** How often a batch is looked at again because the state was changed meanwhile, by its owner. */
    private static final int ATTEMPTS = 3;

    private final Serving serving;
    private final Streams streams;
    private final Backlog backlog;
    private final SlabPool slabs;
    private final SlabPool joinedSlabs;
    private final String policy;
    private final AtomicInteger era = new AtomicInteger();
    private final ReentrantLock publishing = new ReentrantLock();

    Gathered(Serving serving, Streams streams, Backlog backlog, RuntimeConfig config) {
        this.serving = serving;
        this.streams = streams;
        this.backlog = backlog;
        this.slabs = new SlabPool(config.pendingBytes());
        // Of their own, so that a batch that is being learned does not take from what waits.
        this.joinedSlabs = new SlabPool(config.pendingBytes());
        this.policy = RuntimeConfig.text(config.overload());
    }

    /**
     * Hands a request over.
     *
     * @param sourceLogits what the source answered, where the copy in shadow is to learn
     * @param era the {@link #era} when it came in
     * @return whether whoever waits for a batch should look again
     */
    boolean add(StreamState stream, Batch batch, Optional<Matrix> sourceLogits, int era) {
        long bytes = Pending.bytesOf(batch, sourceLogits);
        Backlog.Room room = backlog.room(bytes);
        room.dropped().forEach(dropped -> drop(dropped, policy));
        if (!room.granted()) {
            serving.dropped(stream, batch.rows(), policy);
            return false;
        }
        try {
            return backlog.add(pending(stream, batch, sourceLogits, era));
        } catch (OutOfMemoryError | RuntimeException e) {
            backlog.giveBack(bytes);
            serving.dropped(stream, batch.rows(), "memory");
            return false;
        }
    }

    private Pending pending(StreamState stream, Batch batch, Optional<Matrix> sourceLogits, int era) {
        Pending.Group group = new Pending.Group(stream, sourceLogits.isPresent(), TrailingShape.of(batch), era);
        return new Pending(
                group, slabs.copy(batch), sourceLogits, serving.ticker().nanos(), streams.hold(stream));
    }

    /** How often all was given up; what came in before the last time is not learned from. */
    int era() {
        return era.get();
    }

    private void drop(Pending request, String cause) {
        slabs.give(request.copy());
        serving.dropped(request.group().stream(), request.rows(), cause);
        request.release();
    }

    /** Gives up what waits and what is being learned: nothing of it is published once this returns. */
    void dropAll(String cause) {
        publishing.lock();
        try {
            era.incrementAndGet();
        } finally {
            publishing.unlock();
        }
        backlog.drain().forEach(batch -> batch.forEach(request -> drop(request, cause)));
    }

    /** Whether a batch is given up, or its stream was removed. */
    boolean isOver(List<Pending> requests) {
        Pending.Group group = requests.get(0).group();
        return group.era() != era.get() || group.stream().isOver();
    }

    /**
     * Learns from a batch and publishes what came of it. Whatever that is, the batch is to be {@linkplain #release
     * released} then.
     *
     * @param base the model, or what stands for it
     * @param waited how long the thread has waited between slices so far
     */
    void learn(List<Pending> requests, AdaptableModel base, LongSupplier waited) {
        Pending first = requests.get(0);
        StreamState stream = first.group().stream();
        int rows = requests.stream().mapToInt(Pending::rows).sum();
        SlabPool.Copy joined = joined(requests);
        try {
            if (!learn(requests, stream, base, joined.batch(), waited)) {
                serving.dropped(stream, rows, "superseded");
            }
        } catch (CancellationException e) {
            serving.dropped(stream, rows, "cancelled");
        } finally {
            (requests.size() == 1 ? slabs : joinedSlabs).give(joined);
        }
    }

    private SlabPool.Copy joined(List<Pending> requests) {
        if (requests.size() == 1) {
            return requests.get(0).copy();
        }
        try {
            return joinedSlabs.join(
                    requests.stream().map(request -> request.copy().batch()).toList());
        } finally {
            requests.forEach(request -> slabs.give(request.copy()));
        }
    }

    private boolean learn(
            List<Pending> requests, StreamState stream, AdaptableModel base, Batch batch, LongSupplier waited) {
        boolean inShadow = requests.get(0).group().inShadow();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long start = serving.ticker().nanos() - waited.getAsLong();
            State before = stream.learning(inShadow);
            Lesson lesson = serving.learn(base, batch, before, inShadow, serving.account(stream, inShadow));
            if (publish(requests, stream, before, lesson)) {
                long nanos = serving.ticker().nanos() - waited.getAsLong() - start;
                stream.count(lesson.report(), lesson.fault().isPresent());
                serving.learned(stream, lesson, nanos);
                if (inShadow) {
                    serving.shadowed(stream, sourceLogits(requests), lesson);
                }
                return true;
            }
        }
        return false;
    }

    private boolean publish(List<Pending> requests, StreamState stream, State before, Lesson made) {
        publishing.lock();
        try {
            if (isOver(requests)) {
                throw new CancellationException("given up");
            }
            return stream.publish(requests.get(0).group().inShadow(), before, made);
        } finally {
            publishing.unlock();
        }
    }

    /** Lets the stream of a batch leave memory. */
    static void release(List<Pending> requests) {
        requests.forEach(Pending::release);
    }

    private static Matrix sourceLogits(List<Pending> requests) {
        return Matrix.concatenate(requests.stream()
                .map(request -> request.sourceLogits().orElseThrow())
                .toList());
    }

    /** A batch could not be learned from. */
    void failed(StreamState stream, Throwable cause) {
        stream.count(StepReport.skipped(0, 0), true);
        serving.failed(stream, Fault.failed(cause).cause().orElseThrow());
    }

    @Nullable
    List<Pending> poll(long now) {
        return backlog.poll(now);
    }

    /**
     * Hands out all that waits now, due or not, batch by batch: what comes meanwhile has the room that these leave.
     *
     * @param learning from a batch; must not throw
     */
    void finish(Consumer<List<Pending>> learning) {
        long newest = backlog.newest();
        List<Pending> batch;
        while ((batch = backlog.pollThrough(newest)) != null) {
            learning.accept(batch);
        }
    }

    long untilDue(long now) {
        return backlog.untilDue(now);
    }
}
