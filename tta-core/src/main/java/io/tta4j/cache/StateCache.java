package io.tta4j.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.snapshot.Snapshot;
import io.tta4j.snapshot.SnapshotException;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.StoredSnapshot;
import io.tta4j.snapshot.StreamKey;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of one model: as many as there is memory for, the others in a store, from which they come back when they
 * are asked for. Thread-safe.
 *
 * <p>A stream is used under a {@link Lease}, and stays in memory while there is one. What is in memory is in
 * {@code streams}, one object a key, and nowhere else; the Caffeine cache only decides who has to leave. So who leaves
 * is never in use, is written first, and is written again if somebody has changed it meanwhile: no update is lost.
 * Reading and writing take a lock of the stream's own, which no lease waits for but the one that needs the state.
 *
 * <p>Where the store cannot be read, a stream begins at the source and is told of as {@link RuntimeEvent.StoreFailed}:
 * what it learns is not kept, the next request after it tries again, and nothing in the store is overwritten. Where all
 * of a stream's snapshots are damaged or of others, it begins anew and is kept. Where the store cannot be written, who
 * has to leave stays in memory, up to as much again as the bound; beyond that, what was learned since the last write is
 * given up. Without a store, who leaves is forgotten.
 *
 * @param <S> a stream with its state, which may change under a lease
 */
public final class StateCache<S> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateCache.class);

    /** Around each state: the key, the stream, its locks, and its nodes in both maps. */
    private static final int OVERHEAD = 600;

    private final Form<S> form;
    private final Origin origin;
    private final Optional<SnapshotStore> store;
    private final Executor writer;
    private final LongSupplier nanos;
    private final Events events;
    private final long maximumBytes;
    private final ConcurrentMap<String, Entry<S>> streams = new ConcurrentHashMap<>();
    private final Cache<String, Entry<S>> order;
    private final Queue<Entry<S>> leaving = new ConcurrentLinkedQueue<>();
    private final AtomicLong strandedBytes = new AtomicLong();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile boolean closed;

    /** How a stream is made of what was saved, and what of it is saved. */
    public interface Form<S> {

        /** A stream that goes on from what was saved, or begins. */
        S begin(String key, Optional<Snapshot> saved);

        /** The published state: the same object for as long as the stream has learned nothing. */
        State state(S stream);

        /** What was done for a stream so far, by name; may be a step ahead of the state. */
        Map<String, Long> counters(S stream);

        /** Publishes a state of another stream, or an earlier one. */
        void adopt(S stream, State state);

        /** A stream is removed: what is made of it from now on is nobody's. */
        void end(S stream);

        /** Bytes of memory that a stream takes beside its published state. */
        long bytesBeside(S stream);
    }

    /**
     * What the saved states must go with.
     *
     * @param fingerprint the model's
     * @param method the method's name
     * @param parameters P, the size of the model's theta
     */
    public record Origin(String fingerprint, String method, int parameters) {

        public static Origin of(AdaptableModel model, String method) {
            return new Origin(model.fingerprint(), method, model.layout().size());
        }

        Snapshot snapshot(State state, Map<String, Long> counters) {
            return new Snapshot(fingerprint, method, state, counters);
        }

        void requireOf(Snapshot snapshot) throws SnapshotException {
            snapshot.requireFits(fingerprint, method, parameters);
        }
    }

    /** A stream in memory. Its own lock guards who uses it and whether it is still one; {@code disk} what is saved. */
    private static final class Entry<S> {

        final StreamKey key;
        final ReentrantLock disk = new ReentrantLock();
        volatile @Nullable S stream;
        volatile boolean retired;
        /** Whether the cache has it, or is about to. */
        volatile boolean ordered;

        volatile int bytes;
        volatile long stateBytes;
        /** The state whose bytes these are. */
        volatile @Nullable State weighed;

        private int leases;
        private long stranded;
        /** What the store has of it. */
        @Nullable
        Snapshot saved;

        /** Whether the store could not say what it has, so that it must not be told anything. */
        volatile boolean unsaveable;

        Entry(String key) {
            this.key = new StreamKey(key);
        }

        String name() {
            return key.text();
        }

        S loaded() {
            return Objects.requireNonNull(stream);
        }
    }

    /** The use of a stream, which stays in memory until this is closed. Not thread-safe; close once. */
    public final class Lease implements AutoCloseable {

        private final Entry<S> entry;
        private boolean over;

        private Lease(Entry<S> entry) {
            this.entry = entry;
        }

        public S stream() {
            return entry.loaded();
        }

        /** Whether the store could say what it has of the stream; where it could not, it is not told anything. */
        public boolean isRead() {
            return !entry.unsaveable;
        }

        @Override
        public void close() {
            if (!over) {
                over = true;
                release(entry);
            }
        }
    }

    /**
     * A cache that is empty.
     *
     * @param store where streams are saved; the caller closes it, after this
     * @param writer runs the writing of those who leave; {@code Runnable::run} makes the request wait that drove them
     *     out. Must run all it is given
     * @param nanos the time
     */
    public StateCache(
            CacheConfig config,
            Form<S> form,
            Origin origin,
            Optional<SnapshotStore> store,
            Executor writer,
            LongSupplier nanos,
            Events events) {
        this.form = form;
        this.origin = origin;
        this.store = store;
        this.writer = writer;
        this.nanos = nanos;
        this.events = events;
        this.maximumBytes = config.maximumBytes();
        this.order = Caffeine.newBuilder()
                .maximumWeight(config.maximumBytes())
                .weigher((String key, Entry<S> entry) -> entry.bytes)
                .expireAfterAccess(config.idle())
                .ticker(nanos::getAsLong)
                .executor(Runnable::run)
                .evictionListener((key, entry, cause) -> leave(entry))
                .build();
    }

    /**
     * Uses a stream, which is read from the store or begins if it is not in memory.
     *
     * @throws IllegalArgumentException if the key is not one as {@link StreamKey} allows
     * @throws IllegalStateException if this is closed
     */
    public Lease acquire(String key) {
        while (true) {
            Entry<S> entry = lease(key);
            boolean inMemory = entry.stream != null;
            try {
                if (!inMemory) {
                    load(entry);
                }
            } catch (RuntimeException | Error e) {
                release(entry);
                throw e;
            }
            if (!entry.retired) {
                // Tells the cache that it is used.
                var unused = order.getIfPresent(key);
                (inMemory ? hits : misses).increment();
                return new Lease(entry);
            }
            release(entry);
        }
    }

    /** Uses a stream within a call; throws as {@link #acquire}. */
    public <R> R with(String key, Function<S, R> use) {
        try (Lease lease = acquire(key)) {
            return use.apply(lease.stream());
        }
    }

    /**
     * Another use of a stream that somebody uses, who need not be the last one then.
     *
     * @return empty if the stream has been removed meanwhile: what is left of it is nobody's and never leaves
     */
    @SuppressWarnings("ReferenceEquality")
    public Optional<Lease> again(String key, S stream) {
        Entry<S> entry = streams.get(key);
        if (entry == null || entry.stream != stream) {
            return Optional.empty();
        }
        synchronized (entry) {
            if (entry.retired) {
                return Optional.empty();
            }
            entry.leases++;
            return Optional.of(new Lease(entry));
        }
    }

    private Entry<S> lease(String key) {
        while (true) {
            if (closed) {
                throw new IllegalStateException("the streams must be open, but are closed");
            }
            Entry<S> entry = streams.computeIfAbsent(key, Entry::new);
            synchronized (entry) {
                if (!entry.retired) {
                    entry.leases++;
                    strandedBytes.addAndGet(-entry.stranded);
                    entry.stranded = 0;
                    return entry;
                }
            }
            streams.remove(key, entry);
        }
    }

    private void release(Entry<S> entry) {
        synchronized (entry) {
            entry.leases--;
            if (entry.leases > 0 || entry.retired) {
                return;
            }
        }
        S stream = entry.stream;
        if (stream == null || entry.unsaveable || closed) {
            spill(entry);
            return;
        }
        int before = entry.bytes;
        weigh(entry, stream);
        if (!entry.ordered || entry.bytes != before) {
            // First, so that it is not overwritten where the cache has no room for it at all.
            entry.ordered = true;
            order.asMap().compute(entry.name(), (key, other) -> entry.retired ? other : entry);
            writeLeaving();
        }
    }

    private void weigh(Entry<S> entry, S stream) {
        State state = form.state(stream);
        if (!same(entry.weighed, state)) {
            entry.stateBytes = OVERHEAD + 2L * entry.name().length() + Footprint.of(state);
            entry.weighed = state;
        }
        entry.bytes = (int) Math.min(Integer.MAX_VALUE, entry.stateBytes + form.bytesBeside(stream));
    }

    /** States are immutable, so that one object has learned nothing since. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(@Nullable State one, State other) {
        return one == other;
    }

    private void leave(@Nullable Entry<S> entry) {
        if (entry != null) {
            entry.ordered = false;
            leaving.add(entry);
        }
    }

    private void writeLeaving() {
        for (Entry<S> entry = leaving.poll(); entry != null; entry = leaving.poll()) {
            Entry<S> next = entry;
            writer.execute(() -> spill(next));
        }
    }

    /** Reads a stream, if nobody else has meanwhile. */
    private void load(Entry<S> entry) {
        entry.disk.lock();
        try {
            if (entry.stream == null) {
                S stream = form.begin(entry.name(), saved(entry));
                entry.saved = snapshot(stream);
                weigh(entry, stream);
                entry.stream = stream;
            }
        } finally {
            entry.disk.unlock();
        }
    }

    private Snapshot snapshot(S stream) {
        return origin.snapshot(form.state(stream), form.counters(stream));
    }

    private Optional<Snapshot> saved(Entry<S> entry) {
        if (store.isEmpty()) {
            return Optional.empty();
        }
        String key = entry.name();
        entry.unsaveable = false;
        try {
            Optional<StoredSnapshot> latest = store.get().latest(key, origin.fingerprint(), origin.method());
            if (latest.isEmpty()) {
                return Optional.empty();
            }
            origin.requireOf(latest.get().snapshot());
            latest.get().damaged().forEach(reason -> tellFailure(key, reason));
            events.publish(
                    RuntimeEvent.Restored.class,
                    () -> new RuntimeEvent.Restored(key, latest.get().version()));
            return Optional.of(latest.get().snapshot());
        } catch (SnapshotException e) {
            LOG.warn("{} begins anew: {}", entry.key, e.getMessage());
            tellFailure(key, e.getMessage());
        } catch (IOException | RuntimeException | Error e) {
            entry.unsaveable = true;
            fail(entry.key + " cannot be read, and is served from the source meanwhile", e);
            tellFailure(key, e.toString());
        }
        return Optional.empty();
    }

    /** Takes a stream out of memory, written, unless somebody uses it or the cache has it again. */
    private void spill(Entry<S> entry) {
        if (entry.disk.isHeldByCurrentThread()) {
            // Who is in the middle of a write looks again when that has ended.
            return;
        }
        entry.disk.lock();
        try {
            while (!entry.retired && !wanted(entry)) {
                boolean safe = save(entry);
                if (retire(entry, safe)) {
                    streams.remove(entry.name(), entry);
                    order.asMap().remove(entry.name(), entry);
                    tellEvicted(entry, safe && isKept(entry));
                } else if (!safe) {
                    return;
                }
            }
        } finally {
            entry.disk.unlock();
        }
    }

    private boolean isKept(Entry<S> entry) {
        return store.isPresent() && !entry.unsaveable;
    }

    private void tellEvicted(Entry<S> entry, boolean kept) {
        if (!closed) {
            events.publish(RuntimeEvent.Evicted.class, () -> new RuntimeEvent.Evicted(entry.name(), entry.bytes, kept));
        }
    }

    private boolean wanted(Entry<S> entry) {
        synchronized (entry) {
            // Once closed, nobody asks the cache.
            return entry.leases > 0 || (entry.ordered && !closed);
        }
    }

    /** Ends an entry that nobody uses, if what it has learned is safe or there is no room to keep it. */
    private boolean retire(Entry<S> entry, boolean safe) {
        synchronized (entry) {
            if (wanted(entry) || (safe && changed(entry))) {
                return false;
            }
            if (!safe && !closed && makeRoom(entry)) {
                return false;
            }
            entry.retired = true;
            strandedBytes.addAndGet(-entry.stranded);
            entry.stranded = 0;
        }
        if (!safe) {
            tellFailure(
                    entry.name(), "what was learned since it was last saved is lost: there is no memory to keep it");
        }
        return true;
    }

    /** Keeps a stream in memory that could not be written, if that does not double what states may take. */
    private boolean makeRoom(Entry<S> entry) {
        if (entry.stranded > 0) {
            return true;
        }
        if (strandedBytes.addAndGet(entry.bytes) > maximumBytes) {
            strandedBytes.addAndGet(-entry.bytes);
            return false;
        }
        entry.stranded = entry.bytes;
        return true;
    }

    /** Whether a stream has learned what the store does not have, and could. */
    private boolean changed(Entry<S> entry) {
        S stream = entry.stream;
        Snapshot before = entry.saved;
        if (stream == null || before == null || entry.unsaveable || store.isEmpty()) {
            return false;
        }
        return !same(form.state(stream), before.state())
                || !form.counters(stream).equals(before.counters());
    }

    /**
     * Writes a stream if it has changed.
     *
     * @return false if that failed
     */
    private boolean save(Entry<S> entry) {
        if (entry.retired || !changed(entry)) {
            return true;
        }
        String key = entry.name();
        long start = nanos.getAsLong();
        try {
            Snapshot now = snapshot(entry.loaded());
            SnapshotStore.Written written = store.orElseThrow().save(key, now);
            entry.saved = now;
            events.publish(
                    RuntimeEvent.Saved.class,
                    () -> new RuntimeEvent.Saved(key, written.version(), written.bytes(), nanos.getAsLong() - start));
            if (failing.compareAndSet(true, false)) {
                LOG.info("streams can be saved again");
            }
            return true;
        } catch (IOException | RuntimeException | Error e) {
            fail(entry.key + " cannot be saved", e);
            tellFailure(key, e.toString());
            return false;
        }
    }

    /** Logs the first failure; until the store works again, the others are events only. */
    private void fail(String what, Throwable e) {
        if (failing.compareAndSet(false, true)) {
            LOG.warn("{}; further failures are told as events", what, e);
        }
    }

    private void tellFailure(String key, @Nullable String reason) {
        events.publish(RuntimeEvent.StoreFailed.class, () -> new RuntimeEvent.StoreFailed(key, String.valueOf(reason)));
    }

    /**
     * Writes all streams that have changed since they were last written, and lets those go whose time is over. To be
     * called once every publishing interval: what a killed process loses is never older.
     *
     * @return how many could not be written
     */
    int saveDirty() {
        order.cleanUp();
        writeLeaving();
        int failures = 0;
        for (Entry<S> entry : streams.values()) {
            entry.disk.lock();
            try {
                failures += save(entry) ? 0 : 1;
            } finally {
                entry.disk.unlock();
            }
            // One that could not be written before may leave now.
            spill(entry);
        }
        return failures;
    }

    /**
     * Publishes a stream's state in another one. That one's counters go on.
     *
     * @param to empty for the model's own stream
     */
    public void copy(String from, String to) {
        State state = with(from, form::state);
        with(to, stream -> {
            form.adopt(stream, state);
            return to;
        });
    }

    /**
     * Publishes a version that the store has kept.
     *
     * @throws IOException if there is no store, no such version, or it cannot be used; nothing has changed then
     */
    public void rollBack(String key, long version) throws IOException {
        StreamKey name = new StreamKey(key);
        SnapshotStore kept = store.orElseThrow(() -> new IOException("versions must be in a store, but there is none"));
        Snapshot snapshot = kept.at(key, version)
                .orElseThrow(
                        () -> new IOException("%s must have version %d, but it is not kept".formatted(name, version)))
                .snapshot();
        origin.requireOf(snapshot);
        with(key, stream -> {
            form.adopt(stream, snapshot.state());
            return key;
        });
        events.publish(RuntimeEvent.RolledBack.class, () -> new RuntimeEvent.RolledBack(key, "caller"));
    }

    /**
     * Forgets a stream, in memory and in the store; the next who asks for it gets a new one. Who uses it goes on with
     * what is then nobody's.
     *
     * @throws IOException if the store cannot forget it; it is there still then
     */
    public void remove(String key) throws IOException {
        Entry<S> entry = lease(key);
        entry.disk.lock();
        try {
            if (store.isPresent()) {
                store.get().remove(key);
            }
            synchronized (entry) {
                entry.retired = true;
            }
            S stream = entry.stream;
            if (stream != null) {
                // Before there can be another one of that key.
                form.end(stream);
            }
            streams.remove(key, entry);
            order.asMap().remove(key, entry);
        } finally {
            entry.disk.unlock();
            release(entry);
        }
    }

    /** The keys of the streams in memory and in the store. */
    public Set<String> keys() throws IOException {
        Set<String> keys = new TreeSet<>(streams.keySet());
        if (store.isPresent()) {
            try (Stream<String> stored = store.get().keys()) {
                stored.forEach(keys::add);
            }
        }
        return keys;
    }

    /** How many streams are in memory. */
    public int size() {
        return streams.size();
    }

    /** Bytes of heap of the streams that the cache has. */
    public long bytes() {
        return order.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** How often a stream was asked for that was in memory. */
    public long hits() {
        return hits.sum();
    }

    /** How often one was not, and was read or begun. */
    public long misses() {
        return misses.sum();
    }

    /**
     * Writes all that has changed, and takes no further requests. A stream that is in use is written again when its
     * last lease ends.
     */
    @Override
    public void close() {
        closed = true;
        int failures = saveDirty();
        if (failures > 0) {
            LOG.error("{} streams could not be saved; what they learned since they last were is lost", failures);
        }
    }
}
