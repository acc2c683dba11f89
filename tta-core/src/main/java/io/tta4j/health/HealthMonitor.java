package io.tta4j.health;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Knows from events whether all is well, over all streams:
 *
 * <ul>
 *   <li>adaptation: the last three or more all failed or were refused
 *   <li>the store: the last it was asked for failed
 *   <li>the audit trail: records were lost within the last minute
 *   <li>the backlog: samples were given up within the last minute
 *   <li>resets: five or more within the last ten minutes
 *   <li>the mode: nothing is learned, since the runtime is frozen, disabled or paused
 * </ul>
 *
 * <p>Thread-safe; memory is bounded.
 */
public final class HealthMonitor implements AutoCloseable {

    private static final int FAILURES = 3;
    private static final int RESETS = 5;
    private static final Duration RESET_WINDOW = Duration.ofMinutes(10);
    private static final Duration LOSS_WINDOW = Duration.ofMinutes(1);
    private static final Set<String> IDLE_MODES = Set.of("frozen", "disabled", "paused");

    private final Clock clock;
    private final ReentrantLock noting = new ReentrantLock();
    private final List<Events.Subscription> subscriptions;
    private final Deque<Instant> resets = new ArrayDeque<>();
    private long failures;
    private String lastFailure = "";
    private @Nullable String storeFailure;
    private @Nullable Loss dropped;
    private @Nullable Loss unrecorded;
    private String mode = "";

    /** Something was given up. */
    private record Loss(Instant at, String cause) {

        boolean isRecent(Instant now) {
            return now.isBefore(at.plus(LOSS_WINDOW));
        }
    }

    private HealthMonitor(Events events, Clock clock) {
        this.clock = clock;
        this.subscriptions = List.of(
                events.on(RuntimeEvent.Adapted.class, event -> note(() -> failures = 0)),
                events.on(RuntimeEvent.Failed.class, event -> fail(String.valueOf(event.cause()))),
                events.on(RuntimeEvent.Rejected.class, event -> fail(event.guard() + ": " + event.reason())),
                events.on(RuntimeEvent.StoreFailed.class, event -> note(() -> storeFailure = event.reason())),
                events.on(RuntimeEvent.Saved.class, event -> note(() -> storeFailure = null)),
                events.on(RuntimeEvent.Restored.class, event -> note(() -> storeFailure = null)),
                events.on(RuntimeEvent.Dropped.class, event -> note(() -> dropped = loss(event.cause()))),
                events.on(RuntimeEvent.RecordLost.class, event -> note(() -> unrecorded = loss(event.reason()))),
                events.on(RuntimeEvent.Reset.class, event -> note(this::addReset)),
                events.on(RuntimeEvent.ModeChanged.class, event -> note(() -> mode = event.mode())));
    }

    /** Listens from now on, until it is closed. */
    public static HealthMonitor of(Events events) {
        return of(events, Clock.systemUTC());
    }

    /** The same with another clock. */
    public static HealthMonitor of(Events events, Clock clock) {
        return new HealthMonitor(events, clock);
    }

    private void note(Runnable change) {
        noting.lock();
        try {
            change.run();
        } finally {
            noting.unlock();
        }
    }

    private void fail(String reason) {
        note(() -> {
            failures++;
            lastFailure = reason;
        });
    }

    private Loss loss(String cause) {
        return new Loss(clock.instant(), cause);
    }

    private void addReset() {
        resets.addLast(clock.instant());
        if (resets.size() > RESETS) {
            resets.removeFirst();
        }
    }

    /** How it is now. */
    public Health health() {
        List<String> reasons = new ArrayList<>();
        noting.lock();
        try {
            Instant now = clock.instant();
            if (failures >= FAILURES) {
                reasons.add("the last %d adaptations all failed or were refused; the last one: %s"
                        .formatted(failures, lastFailure));
            }
            if (storeFailure != null) {
                reasons.add("states cannot be kept or read: " + storeFailure);
            }
            if (unrecorded != null && unrecorded.isRecent(now)) {
                reasons.add("records of the audit trail were lost within the last minute: " + unrecorded.cause());
            }
            if (dropped != null && dropped.isRecent(now)) {
                reasons.add("samples were given up within the last minute: " + dropped.cause());
            }
            if (resets.size() == RESETS && now.isBefore(resets.getFirst().plus(RESET_WINDOW))) {
                reasons.add("%d resets within the last %d minutes: the method does not hold on this stream"
                        .formatted(RESETS, RESET_WINDOW.toMinutes()));
            }
            if (IDLE_MODES.contains(mode)) {
                reasons.add("nothing is learned: the mode is " + mode);
            }
        } finally {
            noting.unlock();
        }
        return Health.of(reasons);
    }

    /** Listens no more. */
    @Override
    public void close() {
        subscriptions.forEach(Events.Subscription::close);
    }
}
