package io.tta4j;

import io.tta4j.cache.StateCache;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import java.util.Optional;

/** A request that was answered and waits to be learned from. */
final class Pending {

    /**
     * What requests have in common that can be joined.
     *
     * @param inShadow whether the copy in shadow learns from them
     * @param era how often the backlog had been given up before they came
     */
    record Group(StreamState stream, boolean inShadow, TrailingShape shape, int era) {}

    private final Group group;
    private final SlabPool.Copy copy;
    private final Optional<Matrix> sourceLogits;
    private final long arrived;
    private final Optional<StateCache<StreamState>.Lease> hold;

    /** Its place in the backlog's list, for that alone. */
    int place;

    /** How many had come before it and itself, for the backlog alone. */
    long number;

    /**
     * A request.
     *
     * @param copy its inputs
     * @param sourceLogits what the source answered, where the copy in shadow learns
     * @param arrived when, by the ticker
     * @param hold keeps its stream in memory
     */
    Pending(
            Group group,
            SlabPool.Copy copy,
            Optional<Matrix> sourceLogits,
            long arrived,
            Optional<StateCache<StreamState>.Lease> hold) {
        this.group = group;
        this.copy = copy;
        this.sourceLogits = sourceLogits;
        this.arrived = arrived;
        this.hold = hold;
    }

    Group group() {
        return group;
    }

    SlabPool.Copy copy() {
        return copy;
    }

    Optional<Matrix> sourceLogits() {
        return sourceLogits;
    }

    long arrived() {
        return arrived;
    }

    /** It is learned from or dropped: its stream may leave memory. Once. */
    void release() {
        hold.ifPresent(StateCache.Lease::close);
    }

    int rows() {
        return copy.batch().rows();
    }

    /** Of its inputs, and of what is kept of its answer. */
    long bytes() {
        return bytes(copy.bytes(), sourceLogits);
    }

    /** What a request will take that is not copied yet. */
    static long bytesOf(Batch batch, Optional<Matrix> sourceLogits) {
        return bytes(SlabPool.bytesOf(batch), sourceLogits);
    }

    private static long bytes(int inputs, Optional<Matrix> sourceLogits) {
        return inputs
                + sourceLogits
                        .map(logits -> (long) Float.BYTES * logits.rows() * logits.columns())
                        .orElse(0L);
    }
}
