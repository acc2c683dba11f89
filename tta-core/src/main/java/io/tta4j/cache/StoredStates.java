package io.tta4j.cache;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.State;
import io.tta4j.snapshot.Snapshot;
import io.tta4j.snapshot.SnapshotException;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.StoredSnapshot;
import io.tta4j.snapshot.StreamKey;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store has of the streams of one model and method: reads, saves, and tells of both. Of the first failure
 * there is a line in the log, too, until the store works again. There may be no store: nothing is read and nothing kept
 * then.
 *
 * <p>Takes no lock: calls for one stream come one after another, those for several at the same time.
 */
final class StoredStates {

    private static final Logger LOG = LoggerFactory.getLogger(StoredStates.class);

    private final Origin origin;
    private final Optional<SnapshotStore> store;
    private final LongSupplier nanos;
    private final Events events;
    private final AtomicBoolean failing = new AtomicBoolean();

    StoredStates(Origin origin, Optional<SnapshotStore> store, LongSupplier nanos, Events events) {
        this.origin = origin;
        this.store = store;
        this.nanos = nanos;
        this.events = events;
    }

    /**
     * What became of reading a stream.
     *
     * @param snapshot from which it goes on; empty if it begins
     * @param isRead false if the store could not say what it has, so that it must not be told anything
     */
    record Found(Optional<Snapshot> snapshot, boolean isRead) {}

    /** Whether there is a store. */
    boolean isThere() {
        return store.isPresent();
    }

    /** What the store has of a stream. Never fails: where the store does, the stream begins, and that is told. */
    Found read(StreamKey key) {
        if (store.isEmpty()) {
            return new Found(Optional.empty(), true);
        }
        try {
            Optional<StoredSnapshot> latest = find(store.get(), key);
            latest.ifPresent(found -> {
                found.damaged().forEach(reason -> tellFailure(key, reason));
                events.publish(
                        RuntimeEvent.Restored.class, () -> new RuntimeEvent.Restored(key.text(), found.version()));
            });
            return new Found(latest.map(StoredSnapshot::snapshot), true);
        } catch (SnapshotException e) {
            LOG.warn("{} begins anew: {}", key, e.getMessage());
            tellFailure(key, e.getMessage());
            return new Found(Optional.empty(), true);
        } catch (IOException | RuntimeException | Error e) {
            fail(key + " cannot be read, and is served from the source meanwhile", e);
            tellFailure(key, e.toString());
            return new Found(Optional.empty(), false);
        }
    }

    private Optional<StoredSnapshot> find(SnapshotStore kept, StreamKey key) throws IOException {
        Optional<StoredSnapshot> latest = kept.latest(key.text(), origin.fingerprint(), origin.method());
        if (latest.isPresent()) {
            origin.requireOf(latest.get().snapshot());
        }
        return latest;
    }

    /** A stream as it would be saved. */
    Snapshot snapshot(State state, Map<String, Long> counters) {
        return origin.snapshot(state, counters);
    }

    /**
     * Saves a stream. Never throws; a failure is told.
     *
     * @return whether the store has it
     */
    boolean save(StreamKey key, Snapshot now) {
        long start = nanos.getAsLong();
        try {
            SnapshotStore.Written written = store.orElseThrow().save(key.text(), now);
            events.publish(
                    RuntimeEvent.Saved.class,
                    () -> new RuntimeEvent.Saved(
                            key.text(), written.version(), written.bytes(), nanos.getAsLong() - start));
            if (failing.compareAndSet(true, false)) {
                LOG.info("streams can be saved again");
            }
            return true;
        } catch (IOException | RuntimeException | Error e) {
            fail(key + " cannot be saved", e);
            tellFailure(key, e.toString());
            return false;
        }
    }

    /**
     * The state that was last saved of a stream; empty if there is none.
     *
     * @throws IOException if the store cannot be read, or what it has of the stream cannot be used
     */
    Optional<State> latest(StreamKey key) throws IOException {
        return store.isEmpty()
                ? Optional.empty()
                : find(store.get(), key).map(found -> found.snapshot().state());
    }

    /**
     * The state of a version.
     *
     * @throws IOException if there is no store, no such version, or it cannot be used
     */
    State at(StreamKey key, long version) throws IOException {
        SnapshotStore kept = store.orElseThrow(() -> new IOException("versions must be in a store, but there is none"));
        Snapshot snapshot = kept.at(key.text(), version)
                .orElseThrow(
                        () -> new IOException("%s must have version %d, but it is not kept".formatted(key, version)))
                .snapshot();
        origin.requireOf(snapshot);
        return snapshot.state();
    }

    /** @throws IOException if the store cannot forget it; it is there still then */
    void remove(StreamKey key) throws IOException {
        if (store.isPresent()) {
            store.get().remove(key.text());
        }
    }

    Set<String> keys() throws IOException {
        Set<String> keys = new TreeSet<>();
        if (store.isPresent()) {
            try (Stream<String> stored = store.get().keys()) {
                stored.forEach(keys::add);
            }
        }
        return keys;
    }

    /** Tells that there was no memory to keep what could not be saved. */
    void tellLost(StreamKey key) {
        tellFailure(key, "what was learned since it was last saved is lost: there is no memory to keep it");
    }

    /** Logs the first failure; until the store works again, the others are events only. */
    private void fail(String what, Throwable e) {
        if (failing.compareAndSet(false, true)) {
            LOG.warn("{}; further failures are told as events", what, e);
        }
    }

    private void tellFailure(StreamKey key, @Nullable String reason) {
        events.publish(
                RuntimeEvent.StoreFailed.class, () -> new RuntimeEvent.StoreFailed(key.text(), String.valueOf(reason)));
    }
}
