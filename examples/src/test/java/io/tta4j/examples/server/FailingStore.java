package io.tta4j.examples.server;

import io.tta4j.snapshot.Snapshot;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.StoredSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A disk that is full, or cannot be read either. */
record FailingStore(boolean isReadable) implements SnapshotStore {

    private IOException failure() {
        return new IOException("No space left on device");
    }

    private <T> T read(T nothing) throws IOException {
        if (!isReadable) {
            throw new IOException("Input/output error");
        }
        return nothing;
    }

    @Override
    public Written save(String stream, Snapshot snapshot) throws IOException {
        throw failure();
    }

    @Override
    public Optional<StoredSnapshot> latest(String stream, String fingerprint, String method) throws IOException {
        return read(Optional.empty());
    }

    @Override
    public Optional<StoredSnapshot> at(String stream, long version) throws IOException {
        return read(Optional.empty());
    }

    @Override
    public List<Long> versions(String stream) throws IOException {
        return read(List.of());
    }

    @Override
    public void remove(String stream) throws IOException {
        throw failure();
    }

    @Override
    public Stream<String> keys() throws IOException {
        return read(Stream.empty());
    }

    @Override
    public void close() {}
}
