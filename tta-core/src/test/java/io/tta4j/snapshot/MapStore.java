package io.tta4j.snapshot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A store in memory that keeps all versions, and fails or does something else meanwhile when told to. */
public final class MapStore implements SnapshotStore {

    public final AtomicInteger reads = new AtomicInteger();
    public final AtomicInteger writes = new AtomicInteger();
    public volatile boolean unreadable;
    public volatile boolean full;
    public volatile Runnable whileReading = () -> {};
    public volatile Runnable whileWriting = () -> {};
    public volatile Runnable whileListing = () -> {};

    private final Map<String, List<Snapshot>> versions = new ConcurrentHashMap<>();

    private List<Snapshot> of(String stream) {
        return versions.getOrDefault(stream, List.of());
    }

    @Override
    public Written save(String stream, Snapshot snapshot) throws IOException {
        whileWriting.run();
        if (full) {
            throw new IOException("No space left on device");
        }
        writes.incrementAndGet();
        List<Snapshot> all = versions.compute(stream, (key, before) -> {
            List<Snapshot> longer = new ArrayList<>(before == null ? List.of() : before);
            longer.add(snapshot);
            return longer;
        });
        return new Written(all.size(), 1);
    }

    @Override
    public Optional<StoredSnapshot> latest(String stream, String fingerprint, String method) throws IOException {
        whileReading.run();
        reads.incrementAndGet();
        if (unreadable) {
            throw new IOException("Input/output error");
        }
        return at(stream, of(stream).size());
    }

    @Override
    public Optional<StoredSnapshot> at(String stream, long version) {
        return version < 1 || version > of(stream).size()
                ? Optional.empty()
                : Optional.of(new StoredSnapshot(version, of(stream).get((int) version - 1), List.of()));
    }

    @Override
    public List<Long> versions(String stream) {
        return LongStream.rangeClosed(1, of(stream).size()).boxed().toList();
    }

    @Override
    public void remove(String stream) throws IOException {
        if (full) {
            throw new IOException("Read-only file system");
        }
        versions.remove(stream);
    }

    @Override
    public Stream<String> keys() {
        List<String> keys = List.copyOf(versions.keySet());
        whileListing.run();
        return keys.stream();
    }

    @Override
    public void close() {}

    /** The steps of each version of a stream. */
    public List<Long> steps(String stream) {
        return IntStream.range(0, of(stream).size())
                .mapToObj(i -> (long) of(stream).get(i).state().scalar("steps").orElse(0))
                .toList();
    }
}
