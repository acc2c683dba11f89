package io.tta4j.event;

import io.tta4j.method.StepReport;
import java.util.OptionalDouble;

/**
 * Something that happened to a stream. Told in the thread it happened in, so a listener must be quick and must not call
 * back into the runtime.
 *
 * <p>A stream is named by its key; the one that has none by the empty text. Durations are in nanoseconds.
 */
public sealed interface RuntimeEvent {

    /** The stream's key; empty for the one without. */
    String stream();

    /**
     * A request was answered.
     *
     * @param rows N
     * @param nanos from the call of {@code predict} to its answer; in INLINE execution with the step
     * @param modelNanos how much of that the model's forward pass took; the rest is what the runtime costs
     */
    record Answered(String stream, int rows, long nanos, long modelNanos) implements RuntimeEvent {}

    /**
     * A method has looked at a batch; the state that came out of it is published.
     *
     * @param report what was done; a step was taken where {@link StepReport#adaptedSamples} is not 0
     * @param meanEntropy of the batch's predictions before the step, in nats
     * @param distanceToSource the Euclidean norm of theta less the source's, after the step
     * @param nanos what the adaptation took, waiting between slices apart
     */
    record Adapted(String stream, StepReport report, double meanEntropy, double distanceToSource, long nanos)
            implements RuntimeEvent {}

    /**
     * A batch was not adapted to. Batch norm's statistics, where they move with the stream, have moved all the same.
     *
     * @param rows N
     * @param guard which guard held it back, such as {@code driftGate}
     */
    record Held(String stream, int rows, String guard) implements RuntimeEvent {}

    /**
     * A state was thrown away before it was published; the one before it stands.
     *
     * @param guard which guard refused it, such as {@code finite}
     * @param reason what was found and what was expected
     */
    record Rejected(String stream, String guard, String reason) implements RuntimeEvent {}

    /** An adaptation failed; the state before it stands and the request was answered all the same. */
    record Failed(String stream, RuntimeException cause) implements RuntimeEvent {}

    /**
     * Theta went back to the source.
     *
     * @param cause the method's name, a guard's, or {@code caller}
     */
    record Reset(String stream, String cause) implements RuntimeEvent {}

    /**
     * The state went back to an earlier one.
     *
     * @param cause a guard's name, or {@code caller}
     */
    record RolledBack(String stream, String cause) implements RuntimeEvent {}

    /**
     * Rows that waited for adaptation were given up; their requests had been answered.
     *
     * @param cause the overload policy, or why else, such as {@code closed}
     */
    record Dropped(String stream, int rows, String cause) implements RuntimeEvent {}

    /**
     * A state was written.
     *
     * @param version the store's number for it
     */
    record Saved(String stream, long version, long bytes, long nanos) implements RuntimeEvent {}

    /** A state could not be written or read; requests are served on. */
    record StoreFailed(String stream, String reason) implements RuntimeEvent {}

    /** A record of the audit trail could not be written; requests are served on. */
    record RecordLost(String stream, String reason) implements RuntimeEvent {}

    /**
     * A stream's state left memory.
     *
     * @param bytes of heap that it took
     * @param kept whether the store has it; what was learned is forgotten otherwise
     */
    record Evicted(String stream, long bytes, boolean kept) implements RuntimeEvent {}

    /** A stream's state came back from the store. */
    record Restored(String stream, long version) implements RuntimeEvent {}

    /**
     * The runtime changed what it does with what it sees, or begins with something else than adapting.
     *
     * @param mode the new one's name in lower case, such as {@code frozen}; {@code paused} between a pause and its end
     */
    record ModeChanged(String stream, String mode) implements RuntimeEvent {}

    /**
     * A copy of the state was adapted while the source was served.
     *
     * @param agreement the share of rows that both answered alike
     * @param sourceEntropy mean entropy of the source's predictions, in nats
     * @param shadowEntropy mean entropy of the copy's
     * @param loss as in {@link StepReport#loss}
     */
    record Shadowed(
            String stream, int rows, double agreement, double sourceEntropy, double shadowEntropy, OptionalDouble loss)
            implements RuntimeEvent {}
}
