package io.tta4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait to be learned from, of all streams, in the order in which they came, within a bound of bytes. They
 * come out as adaptation batches: of one stream and trailing shape, when they are as many rows as wanted or the oldest
 * has waited for long enough. Those that have waited for so long come first, then batches in turns, so that no stream
 * keeps another one waiting by being many.
 *
 * <p>Thread-safe; its lock is held for a few instructions, never while anything is copied or computed.
 */
final class Backlog {

    private final int wantedRows;
    private final long greatestAge;
    private final long mostBytes;
    private final OverloadPolicy policy;
    private final Random random = new Random(0);

    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashSet<Pending> order = new LinkedHashSet<>();
    private final List<Pending> places = new ArrayList<>();
    private final Map<Pending.Group, Gathering> gatherings = new HashMap<>();
    private final LinkedHashSet<Gathering> ready = new LinkedHashSet<>();
    private long rows;
    private long bytes;
    /** Those of the bytes that requests have which are being copied. */
    private long granted;

    private long newest;
    private long seenWithoutRoom;

    /**
     * An empty backlog.
     *
     * @param wantedRows of an adaptation batch
     * @param greatestAge in nanoseconds, after which it may have fewer
     * @param mostBytes that what waits may take
     */
    Backlog(int wantedRows, long greatestAge, long mostBytes, OverloadPolicy policy) {
        this.wantedRows = wantedRows;
        this.greatestAge = greatestAge;
        this.mostBytes = mostBytes;
        this.policy = policy;
    }

    /** Requests that can become one batch, oldest first. */
    private static final class Gathering {

        final LinkedHashSet<Pending> pending = new LinkedHashSet<>();
        int rows;
    }

    /**
     * What asking for room led to.
     *
     * @param granted whether there is room now, kept until it is {@linkplain #add used} or {@linkplain #giveBack given
     *     back}
     * @param dropped those that were given up for it
     */
    record Room(boolean granted, List<Pending> dropped) {

        private static final Room REFUSED = new Room(false, List.of());
        private static final Room FREE = new Room(true, List.of());
    }

    /** Asks for room for a request before it is copied, so that the copy can be where one was that is given up. */
    Room room(long wanted) {
        lock.lock();
        try {
            if (granted + wanted > mostBytes) {
                return Room.REFUSED;
            }
            boolean free = bytes + wanted <= mostBytes;
            seenWithoutRoom = free ? order.size() + 1 : seenWithoutRoom + 1;
            if (!free && isRefused()) {
                return Room.REFUSED;
            }
            Room room = free ? Room.FREE : new Room(true, makeRoom(wanted));
            bytes += wanted;
            granted += wanted;
            return room;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing came for the room that was granted. */
    void giveBack(long room) {
        lock.lock();
        try {
            bytes -= room;
            granted -= room;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a request for which room was granted.
     *
     * @return whether whoever waits for a batch should look again
     */
    boolean add(Pending request) {
        lock.lock();
        try {
            boolean wasReady = !ready.isEmpty();
            insert(request);
            return order.size() == 1 || (!wasReady && !ready.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    private boolean isRefused() {
        return switch (policy) {
            case DROP_OLDEST -> false;
            case DROP_NEWEST -> true;
            case SAMPLE -> random.nextDouble() * seenWithoutRoom >= order.size();
        };
    }

    private List<Pending> makeRoom(long wanted) {
        List<Pending> dropped = new ArrayList<>();
        while (bytes + wanted > mostBytes) {
            Pending victim = policy == OverloadPolicy.SAMPLE
                    ? places.get(random.nextInt(places.size()))
                    : order.iterator().next();
            remove(victim);
            dropped.add(victim);
        }
        return dropped;
    }

    private void insert(Pending request) {
        order.add(request);
        request.number = ++newest;
        request.place = places.size();
        places.add(request);
        Gathering gathering = gatherings.computeIfAbsent(request.group(), any -> new Gathering());
        gathering.pending.add(request);
        gathering.rows += request.rows();
        rows += request.rows();
        granted -= request.bytes();
        if (gathering.rows >= wantedRows) {
            ready.add(gathering);
        }
    }

    private void remove(Pending request) {
        order.remove(request);
        Pending last = places.remove(places.size() - 1);
        if (last != request) {
            last.place = request.place;
            places.set(request.place, last);
        }
        Gathering gathering = Objects.requireNonNull(gatherings.get(request.group()));
        gathering.pending.remove(request);
        gathering.rows -= request.rows();
        rows -= request.rows();
        bytes -= request.bytes();
        if (gathering.rows < wantedRows) {
            ready.remove(gathering);
        }
        if (gathering.pending.isEmpty()) {
            gatherings.remove(request.group());
        }
    }

    /** The requests of a batch that is due at an instant; null if none is. */
    @Nullable
    List<Pending> poll(long now) {
        lock.lock();
        try {
            if (!order.isEmpty() && now - order.iterator().next().arrived() >= greatestAge) {
                return take(oldest());
            }
            return ready.isEmpty() ? null : take(ready.iterator().next());
        } finally {
            lock.unlock();
        }
    }

    private Gathering oldest() {
        return Objects.requireNonNull(gatherings.get(order.iterator().next().group()));
    }

    private List<Pending> take(Gathering gathering) {
        List<Pending> taken = new ArrayList<>();
        int takenRows = 0;
        for (Pending request : gathering.pending) {
            taken.add(request);
            takenRows += request.rows();
            if (takenRows >= wantedRows) {
                break;
            }
        }
        taken.forEach(this::remove);
        if (ready.remove(gathering)) {
            ready.add(gathering);
        }
        return taken;
    }

    /** The number of the request that came last; those that come get larger ones. */
    long newest() {
        lock.lock();
        try {
            return newest;
        } finally {
            lock.unlock();
        }
    }

    /** The oldest requests that can become a batch, due or not; null if all up to a number have gone. */
    @Nullable
    List<Pending> pollThrough(long number) {
        lock.lock();
        try {
            return order.isEmpty() || order.iterator().next().number > number ? null : take(oldest());
        } finally {
            lock.unlock();
        }
    }

    /** All that is there, due or not, as batches. */
    List<List<Pending>> drain() {
        lock.lock();
        try {
            List<List<Pending>> batches = new ArrayList<>();
            while (!order.isEmpty()) {
                batches.add(take(oldest()));
            }
            return batches;
        } finally {
            lock.unlock();
        }
    }

    /** How long it is until a batch is due by its age alone. */
    long untilDue(long now) {
        lock.lock();
        try {
            return order.isEmpty()
                    ? Long.MAX_VALUE
                    : Math.max(0, greatestAge - (now - order.iterator().next().arrived()));
        } finally {
            lock.unlock();
        }
    }

    /** The rows of all that is there. */
    long rows() {
        lock.lock();
        try {
            return rows;
        } finally {
            lock.unlock();
        }
    }

    /** The bytes of all that is there. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
