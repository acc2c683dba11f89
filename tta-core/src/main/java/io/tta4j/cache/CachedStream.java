package io.tta4j.cache;

import io.tta4j.method.State;
import io.tta4j.snapshot.Snapshot;
import io.tta4j.snapshot.StreamKey;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream's place in memory: who uses it, how much it takes, and what the store has of it. Once it is retired it is
 * nobody's, and the next who asks for the key makes another one.
 *
 * <p>Two locks, the disk's before the other where both are taken. Its own monitor guards its leases, whether it is
 * retired, and what it has stranded, and is held for a few instructions. The disk's guards what the store has, and is
 * held while that is read or written; a request takes it only if the stream is not in memory yet. Bytes and whether it
 * is ordered are hints to whoever decides who leaves, and nothing guards them.
 */
final class CachedStream<S> {

    /** Around each state: the key, the stream, its locks, and its nodes in both maps. */
    private static final int OVERHEAD = 600;

    private final StreamKey key;
    private final Form<S> form;
    private final StoredStates stored;
    private final StrandedBytes stranding;
    private final ReentrantLock disk = new ReentrantLock();

    private volatile @Nullable S stream;
    private volatile boolean retired;
    private int leases;
    private long stranded;

    /** What the store has of it; by whoever has the disk. */
    private @Nullable Snapshot saved;

    /** Whether the store could not say what it has, so that it must not be told anything. */
    private volatile boolean unsaveable;

    private volatile boolean ordered;
    private volatile int bytes;
    private volatile long stateBytes;
    /** The state whose bytes these are. */
    private volatile @Nullable State weighed;

    CachedStream(StreamKey key, Form<S> form, StoredStates stored, StrandedBytes stranding) {
        this.key = key;
        this.form = form;
        this.stored = stored;
        this.stranding = stranding;
    }

    StreamKey key() {
        return key;
    }

    /** The stream, which is in memory. */
    S loaded() {
        return Objects.requireNonNull(stream);
    }

    boolean isLoaded() {
        return stream != null;
    }

    boolean isRetired() {
        return retired;
    }

    boolean isRead() {
        return !unsaveable;
    }

    /** Whether what it learns is saved. */
    boolean isKept() {
        return stored.isThere() && !unsaveable;
    }

    /** Bytes of heap that it takes, by when it was last weighed. */
    int bytes() {
        return bytes;
    }

    /** Whether the cache has it, or is about to. */
    boolean isOrdered() {
        return ordered;
    }

    void order(boolean has) {
        ordered = has;
    }

    /** Another one uses it; false if it is retired. */
    synchronized boolean lease() {
        if (retired) {
            return false;
        }
        leases++;
        unstrand();
        return true;
    }

    /** One less uses it; true if that was the last one and it is not retired. */
    synchronized boolean release() {
        leases--;
        return leases == 0 && !retired;
    }

    /** @param closed whether the cache is: nobody asks who is in it then */
    synchronized boolean isWanted(boolean closed) {
        return leases > 0 || (ordered && !closed);
    }

    /**
     * Retires it if nobody wants it, and what it has learned is safe or there is no room to keep it.
     *
     * @param safe whether it could be saved, if it had to be
     */
    synchronized boolean retire(boolean safe, boolean closed) {
        if (isWanted(closed) || (safe && hasChanged())) {
            return false;
        }
        if (!safe && !closed && strand()) {
            return false;
        }
        retired = true;
        unstrand();
        return true;
    }

    private boolean strand() {
        if (stranded == 0 && stranding.take(bytes)) {
            stranded = bytes;
        }
        return stranded > 0;
    }

    private void unstrand() {
        stranding.give(stranded);
        stranded = 0;
    }

    /** Takes the disk, until it is {@linkplain #unlock unlocked}. */
    void lock() {
        disk.lock();
    }

    void unlock() {
        disk.unlock();
    }

    /** Whether the caller is in the middle of a read or a write. */
    boolean isLockedByCaller() {
        return disk.isHeldByCurrentThread();
    }

    /** Reads it, or begins it, if nobody else has meanwhile. Takes the disk. */
    void load() {
        disk.lock();
        try {
            if (stream == null) {
                StoredStates.Found found = stored.read(key);
                S begun = form.begin(key.text(), found.snapshot());
                unsaveable = !found.isRead();
                saved = snapshot(begun);
                weigh(begun);
                stream = begun;
            }
        } finally {
            disk.unlock();
        }
    }

    /**
     * Writes it if it has changed. Takes the disk.
     *
     * @return false if that failed
     */
    boolean save() {
        disk.lock();
        try {
            if (retired || !hasChanged()) {
                return true;
            }
            Snapshot now = snapshot(loaded());
            if (!stored.save(key, now)) {
                return false;
            }
            saved = now;
            return true;
        } finally {
            disk.unlock();
        }
    }

    /**
     * Forgets it, in the store too, and retires it, whoever uses it. By whoever has the disk.
     *
     * @throws IOException if the store cannot forget it; nothing has changed then
     */
    void remove() throws IOException {
        stored.remove(key);
        // Once it is retired, there can be another one of that key.
        form.end(key.text(), Optional.ofNullable(stream));
        synchronized (this) {
            retired = true;
        }
    }

    /** Weighs it; true if that has changed. */
    boolean weigh() {
        int before = bytes;
        weigh(loaded());
        return bytes != before;
    }

    private void weigh(S weighing) {
        State state = form.state(weighing);
        if (!same(weighed, state)) {
            stateBytes = OVERHEAD + 2L * key.text().length() + Footprint.of(state);
            weighed = state;
        }
        bytes = (int) Math.min(Integer.MAX_VALUE, stateBytes + form.bytesBeside(weighing));
    }

    private Snapshot snapshot(S of) {
        return stored.snapshot(form.state(of), form.counters(of));
    }

    /** Whether it has learned what the store does not have, and could. */
    private boolean hasChanged() {
        S now = stream;
        Snapshot before = saved;
        if (now == null || before == null || !isKept()) {
            return false;
        }
        return !same(form.state(now), before.state()) || !form.counters(now).equals(before.counters());
    }

    /** States are immutable, so that one object has learned nothing since. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(@Nullable State one, State other) {
        return one == other;
    }
}
