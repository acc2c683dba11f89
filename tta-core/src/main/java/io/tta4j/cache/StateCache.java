package io.tta4j.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.State;
import io.tta4j.snapshot.SnapshotStore;
import io.tta4j.snapshot.StreamKey;
import java.io.IOException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
 * There is no lock here: {@link CachedStream} has two, of which no lease waits for the disk's but the one that needs
 * the state. Who decides that a stream leaves has its disk meanwhile.
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

    private final Form<S> form;
    private final StoredStates stored;
    private final StrandedBytes stranded;
    private final Executor writer;
    private final Events events;
    private final ConcurrentMap<String, CachedStream<S>> streams = new ConcurrentHashMap<>();
    private final Cache<String, CachedStream<S>> order;
    private final Queue<CachedStream<S>> leaving = new ConcurrentLinkedQueue<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private volatile boolean closed;

    /** The use of a stream, which stays in memory until this is closed. Not thread-safe; close once. */
    public final class Lease implements AutoCloseable {

        private final CachedStream<S> entry;
        private boolean over;

        private Lease(CachedStream<S> entry) {
            this.entry = entry;
        }

        public S stream() {
            return entry.loaded();
        }

        /** Whether the store could say what it has of the stream; where it could not, it is not told anything. */
        public boolean isRead() {
            return entry.isRead();
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
        this.stored = new StoredStates(origin, store, nanos, events);
        this.stranded = new StrandedBytes(config.maximumBytes());
        this.writer = writer;
        this.events = events;
        this.order = Caffeine.newBuilder()
                .maximumWeight(config.maximumBytes())
                .weigher((String key, CachedStream<S> entry) -> entry.bytes())
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
            CachedStream<S> entry = lease(key);
            boolean inMemory = entry.isLoaded();
            try {
                if (!inMemory) {
                    entry.load();
                }
            } catch (RuntimeException | Error e) {
                release(entry);
                throw e;
            }
            if (!entry.isRetired()) {
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
        CachedStream<S> entry = streams.get(key);
        if (entry == null || !entry.isLoaded() || entry.loaded() != stream || !entry.lease()) {
            return Optional.empty();
        }
        return Optional.of(new Lease(entry));
    }

    private CachedStream<S> lease(String key) {
        while (true) {
            if (closed) {
                throw new IllegalStateException("the streams must be open, but are closed");
            }
            CachedStream<S> entry = streams.computeIfAbsent(
                    key, text -> new CachedStream<>(new StreamKey(text), form, stored, stranded));
            if (entry.lease()) {
                return entry;
            }
            streams.remove(key, entry);
        }
    }

    private void release(CachedStream<S> entry) {
        if (!entry.release()) {
            return;
        }
        if (!entry.isLoaded() || !entry.isRead() || closed) {
            spill(entry);
            return;
        }
        if (entry.weigh() || !entry.isOrdered()) {
            // First, so that it is not overwritten where the cache has no room for it at all.
            entry.order(true);
            order.asMap().compute(entry.key().text(), (key, other) -> entry.isRetired() ? other : entry);
            writeLeaving();
        }
    }

    private void leave(@Nullable CachedStream<S> entry) {
        if (entry != null) {
            entry.order(false);
            leaving.add(entry);
        }
    }

    private void writeLeaving() {
        for (CachedStream<S> entry = leaving.poll(); entry != null; entry = leaving.poll()) {
            CachedStream<S> next = entry;
            writer.execute(() -> spill(next));
        }
    }

    /** Takes a stream out of memory, written, unless somebody uses it or the cache has it again. */
    private void spill(CachedStream<S> entry) {
        if (entry.isLockedByCaller()) {
            // Who is in the middle of a write looks again when that has ended.
            return;
        }
        entry.lock();
        try {
            while (!entry.isRetired() && !entry.isWanted(closed)) {
                boolean safe = entry.save();
                if (entry.retire(safe, closed)) {
                    forget(entry);
                    tellEvicted(entry, safe);
                } else if (!safe) {
                    return;
                }
            }
        } finally {
            entry.unlock();
        }
    }

    private void forget(CachedStream<S> entry) {
        streams.remove(entry.key().text(), entry);
        order.asMap().remove(entry.key().text(), entry);
    }

    private void tellEvicted(CachedStream<S> entry, boolean safe) {
        if (!safe) {
            stored.tellLost(entry.key());
        }
        if (!closed) {
            boolean kept = safe && entry.isKept();
            events.publish(
                    RuntimeEvent.Evicted.class,
                    () -> new RuntimeEvent.Evicted(entry.key().text(), entry.bytes(), kept));
        }
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
        for (CachedStream<S> entry : streams.values()) {
            failures += entry.save() ? 0 : 1;
            // One that could not be written before may leave now.
            spill(entry);
        }
        return failures;
    }

    /**
     * Publishes a stream's state in another one. That one's counters go on.
     *
     * @param to empty for the model's own stream
     * @throws IllegalArgumentException if the one is neither in memory nor in the store; nothing has changed then
     * @throws IOException if the store cannot say what it has of it; nothing has changed then
     */
    public void copy(String from, String to) throws IOException {
        State state = known(from);
        with(to, stream -> {
            form.adopt(stream, state);
            return to;
        });
    }

    private State known(String key) throws IOException {
        CachedStream<S> entry = streams.get(key);
        if (entry != null && entry.isLoaded() && entry.lease()) {
            try (Lease lease = new Lease(entry)) {
                return form.state(lease.stream());
            }
        }
        StreamKey name = new StreamKey(key);
        return stored.latest(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "a stream must have been served to be copied from, but %s is neither in memory nor in a store"
                                .formatted(name)));
    }

    /**
     * Publishes a version that the store has kept.
     *
     * @throws IOException if there is no store, no such version, or it cannot be used; nothing has changed then
     */
    public void rollBack(String key, long version) throws IOException {
        State state = stored.at(new StreamKey(key), version);
        with(key, stream -> {
            form.adopt(stream, state);
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
        CachedStream<S> entry = lease(key);
        entry.lock();
        try {
            entry.remove();
            forget(entry);
        } finally {
            entry.unlock();
            release(entry);
        }
    }

    /** The keys of the streams in memory and in the store. */
    public Set<String> keys() throws IOException {
        // In this order: one that leaves memory meanwhile is in the store by then.
        Set<String> keys = new TreeSet<>(streams.keySet());
        keys.addAll(stored.keys());
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
