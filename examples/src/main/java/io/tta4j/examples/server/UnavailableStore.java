package io.tta4j.examples.server;

import io.tta4j.method.Method;
import io.tta4j.model.AdaptableModel;
import io.tta4j.snapshot.Snapshot;
import io.tta4j.snapshot.SnapshotException;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.StoredSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Stands for a store that could not be opened when the server started: nothing is known of any stream, and nothing can
 * be saved, so that what the store holds is there still when it is opened again.
 *
 * @param reason why
 */
record UnavailableStore(String reason) implements SnapshotStore {

    /** A store that the model's own state can be read from, or one that says why it cannot. */
    static SnapshotStore unlessReadable(SnapshotStore store, AdaptableModel model, Method method) {
        try {
            var unused = store.latest("", model.fingerprint(), method.name());
            return store;
        } catch (SnapshotException e) {
            // The runtime begins anew, and tells.
            return store;
        } catch (IOException e) {
            return new UnavailableStore(String.valueOf(e.getMessage()));
        }
    }

    private IOException unavailable() {
        return new IOException(
                "states were not available when the server started: %s; see to it, and start again".formatted(reason));
    }

    @Override
    public Written save(String stream, Snapshot snapshot) throws IOException {
        throw unavailable();
    }

    @Override
    public Optional<StoredSnapshot> latest(String stream, String fingerprint, String method) {
        return Optional.empty();
    }

    @Override
    public Optional<StoredSnapshot> at(String stream, long version) {
        return Optional.empty();
    }

    @Override
    public List<Long> versions(String stream) {
        return List.of();
    }

    @Override
    public void remove(String stream) throws IOException {
        throw unavailable();
    }

    @Override
    public Stream<String> keys() {
        return Stream.empty();
    }

    @Override
    public void close() {}
}
