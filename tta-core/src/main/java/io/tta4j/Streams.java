package io.tta4j;

import io.tta4j.cache.CacheConfig;
import io.tta4j.cache.StateCache;
import io.tta4j.cache.StateWriter;
import io.tta4j.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The streams of an adaptive model: those in memory, those in the store, and the thread that writes from the one to the
 * other. The stream without a key is in memory for as long as this is open. Thread-safe.
 */
final class Streams implements AutoCloseable {

    /** The key of the model's own stream. */
    static final String OWN = "";

    private final StateCache<StreamState> cache;
    private final Optional<StateWriter> writer;
    private final StateCache<StreamState>.Lease own;

    private Streams(StateCache<StreamState> cache, Optional<StateWriter> writer) {
        this.cache = cache;
        this.writer = writer;
        this.own = cache.acquire(OWN);
    }

    /**
     * The streams of a model and a method.
     *
     * @param name of the adaptive model, for its thread; there is one if there is a store
     */
    static Streams open(Serving serving, RuntimeConfig config, Optional<SnapshotStore> store, String name) {
        Optional<StateWriter> writer =
                store.map(any -> new StateWriter("tta4j-save-" + name, StateWriter.DEFAULT_WAITING));
        StateCache<StreamState> cache = new StateCache<>(
                new CacheConfig(config.streamBytes(), config.streamIdle()),
                new StreamForm(serving),
                serving.origin(store.isPresent()),
                store,
                writer.isPresent() ? writer.get() : Runnable::run,
                serving.ticker()::nanos,
                serving.events());
        Streams streams = new Streams(cache, writer);
        if (!streams.own.isRead()) {
            streams.close();
            throw new UncheckedIOException(new IOException(
                    "the store must be readable when an adaptive model is built, but was not; the log says why"));
        }
        writer.ifPresent(thread -> thread.every(config.saveInterval(), cache));
        return streams;
    }

    /** The stream without a key. */
    StreamState own() {
        return own.stream();
    }

    /** Uses a stream within a call; throws as {@link StateCache#acquire}. */
    <R> R with(String key, Function<StreamState, R> use) {
        return cache.with(key, use);
    }

    /** Keeps a stream in memory that is in use; empty if it would not leave. */
    Optional<StateCache<StreamState>.Lease> hold(StreamState stream) {
        return stream.key().equals(OWN) ? Optional.empty() : cache.again(stream.key(), stream);
    }

    Set<String> keys() throws IOException {
        Set<String> keys = cache.keys();
        keys.remove(OWN);
        return keys;
    }

    void copy(String from, String to) throws IOException {
        cache.copy(from, to);
    }

    void rollBack(String key, long version) throws IOException {
        cache.rollBack(key, version);
    }

    void remove(String key) throws IOException {
        cache.remove(key);
    }

    int inMemory() {
        return cache.size();
    }

    long bytes() {
        return cache.bytes();
    }

    long hits() {
        return cache.hits();
    }

    long misses() {
        return cache.misses();
    }

    /** Writes all that has changed. The stream without a key remains readable. */
    @Override
    public void close() {
        cache.close();
        own.close();
        writer.ifPresent(StateWriter::close);
    }
}
