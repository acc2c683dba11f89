package io.tta4j.cache;

import io.tta4j.method.State;
import io.tta4j.snapshot.Snapshot;
import java.util.Map;
import java.util.Optional;

/**
 * How a stream is made of what was saved, and what of it is saved. Called by several threads.
 *
 * @param <S> a stream with its state
 */
public interface Form<S> {

    /** A stream that goes on from what was saved, or begins. */
    S begin(String key, Optional<Snapshot> saved);

    /** The published state: the same object for as long as the stream has learned nothing. */
    State state(S stream);

    /** What was done for a stream so far, by name; may be a step ahead of the state. */
    Map<String, Long> counters(S stream);

    /** Publishes a state of another stream, or an earlier one. */
    void adopt(S stream, State state);

    /**
     * A stream is removed: what is made of it from now on is nobody's.
     *
     * @param stream empty if it is not in memory
     */
    void end(String key, Optional<S> stream);

    /** Bytes of memory that a stream takes beside its published state. */
    long bytesBeside(S stream);
}
