package io.tta4j.snapshot;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps snapshots of streams, the last few versions of each. Thread-safe. What {@link #save} has returned for survives
 * the process.
 *
 * <p>A stream is named by its key, as {@link StreamKey} allows them; every method throws an
 * {@link IllegalArgumentException} for others, and an {@link IllegalStateException} once the store is closed.
 */
public interface SnapshotStore extends AutoCloseable {

    /**
     * What was written.
     *
     * @param version its number: larger than those of all versions that the stream has
     * @param bytes what it takes in the store
     */
    record Written(long version, long bytes) {}

    /**
     * Writes a snapshot as the stream's newest version, wholly or not at all.
     *
     * @throws IOException if it could not be written; the versions before stand, and the message says what to do
     */
    Written save(String stream, Snapshot snapshot) throws IOException;

    /**
     * The newest version of a stream that is of a model and a method and is not damaged.
     *
     * @param fingerprint the model's
     * @param method the method's name
     * @return empty if the stream has no versions at all
     * @throws SnapshotException if all that there are were refused; the message says why
     * @throws IOException if the store cannot be read
     */
    Optional<StoredSnapshot> latest(String stream, String fingerprint, String method) throws IOException;

    /**
     * One version of a stream, whatever its model and method.
     *
     * @return empty if it is not kept
     * @throws SnapshotException if it is damaged, or of a newer format
     * @throws IOException if the store cannot be read
     */
    Optional<StoredSnapshot> at(String stream, long version) throws IOException;

    /** The numbers of a stream's versions, oldest first. */
    List<Long> versions(String stream) throws IOException;

    /**
     * Makes an earlier version the newest: it is written again, under a number of its own.
     *
     * @throws SnapshotException if that version is not kept, or as {@link #at}
     * @throws IOException as {@link #save}
     */
    default Written rollBack(String stream, long version) throws IOException {
        Optional<StoredSnapshot> kept = at(stream, version);
        if (kept.isEmpty()) {
            throw new SnapshotException("%s must have the version to roll back to, %d, but has %s"
                    .formatted(new StreamKey(stream), version, versions(stream)));
        }
        return save(stream, kept.get().snapshot());
    }

    /** Forgets a stream, with all of its versions. */
    void remove(String stream) throws IOException;

    /** The keys of the streams that have a version, in no order. */
    Stream<String> keys() throws IOException;

    @Override
    void close() throws IOException;
}
