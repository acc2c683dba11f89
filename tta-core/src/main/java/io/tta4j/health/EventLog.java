package io.tta4j.health;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs what happens to streams: of each kind the first at once, and from then on at most one line a minute, which says
 * how many there were. What goes well on every request is not logged.
 *
 * <p>Thread-safe.
 */
public final class EventLog implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** What is logged, and how seriously it is to be taken. */
    private enum Kind {
        FAILED(Level.WARN, "adaptations failed"),
        REJECTED(Level.WARN, "states were refused"),
        STORE_FAILED(Level.WARN, "states could not be kept or read"),
        RECORD_LOST(Level.WARN, "records of the audit trail were lost"),
        DROPPED(Level.WARN, "times samples were given up before adaptation"),
        RESET(Level.INFO, "states went back to the source"),
        ROLLED_BACK(Level.INFO, "states went back to earlier ones"),
        HELD(Level.DEBUG, "batches were held back"),
        MODE_CHANGED(Level.INFO, "changes of mode"),
        EVICTED(Level.DEBUG, "states left memory"),
        RESTORED(Level.DEBUG, "states came back from the store");

        private final Level level;
        private final String plural;

        Kind(Level level, String plural) {
            this.level = level;
            this.plural = plural;
        }
    }

    /** One kind's line of late. */
    private static final class Last {

        private Instant logged = Instant.MIN;
        private long silent;
    }

    private final Logger log;
    private final Clock clock;
    private final ReentrantLock counting = new ReentrantLock();
    private final Map<Kind, Last> lasts = new EnumMap<>(Kind.class);
    private final Events.Subscription subscription;

    private EventLog(Events events, Logger log, Clock clock) {
        this.log = log;
        this.clock = clock;
        this.subscription = subscribe(events);
    }

    /** Logs under this class's name from now on. */
    public static EventLog of(Events events) {
        return of(events, LoggerFactory.getLogger(EventLog.class), Clock.systemUTC());
    }

    /** The same with another logger and clock. */
    public static EventLog of(Events events, Logger log, Clock clock) {
        return new EventLog(events, log, clock);
    }

    private Events.Subscription subscribe(Events events) {
        Events.Subscription[] all = {
            events.on(
                    RuntimeEvent.Failed.class,
                    event -> tell(
                            Kind.FAILED,
                            event,
                            "an adaptation failed; the state before it stands: " + event.cause(),
                            event.cause())),
            events.on(
                    RuntimeEvent.Rejected.class,
                    event -> tell(
                            Kind.REJECTED,
                            event,
                            "a state was refused by %s: %s".formatted(event.guard(), event.reason()),
                            null)),
            events.on(
                    RuntimeEvent.StoreFailed.class,
                    event -> tell(
                            Kind.STORE_FAILED, event, "a state could not be kept or read: " + event.reason(), null)),
            events.on(
                    RuntimeEvent.RecordLost.class,
                    event -> tell(
                            Kind.RECORD_LOST,
                            event,
                            "a record of the audit trail could not be written: " + event.reason(),
                            null)),
            events.on(
                    RuntimeEvent.Dropped.class,
                    event -> tell(
                            Kind.DROPPED,
                            event,
                            "%d samples were given up before adaptation: %s".formatted(event.rows(), event.cause()),
                            null)),
            events.on(
                    RuntimeEvent.Reset.class,
                    event -> tell(Kind.RESET, event, "a state went back to the source: " + event.cause(), null)),
            events.on(
                    RuntimeEvent.RolledBack.class,
                    event -> tell(
                            Kind.ROLLED_BACK, event, "a state went back to an earlier one: " + event.cause(), null)),
            events.on(
                    RuntimeEvent.Held.class,
                    event -> tell(Kind.HELD, event, "a batch was held back by " + event.guard(), null)),
            events.on(
                    RuntimeEvent.ModeChanged.class,
                    event -> tell(Kind.MODE_CHANGED, event, "the mode is now " + event.mode(), null)),
            events.on(
                    RuntimeEvent.Evicted.class,
                    event -> tell(
                            Kind.EVICTED,
                            event,
                            "a state left memory" + (event.kept() ? "" : " and is forgotten"),
                            null)),
            events.on(
                    RuntimeEvent.Restored.class,
                    event -> tell(Kind.RESTORED, event, "a state came back from the store", null)),
        };
        return () -> {
            for (Events.Subscription one : all) {
                one.close();
            }
        };
    }

    private void tell(Kind kind, RuntimeEvent event, String what, @Nullable Throwable cause) {
        if (!log.isEnabledForLevel(kind.level)) {
            return;
        }
        long silent;
        Duration since;
        counting.lock();
        try {
            Instant now = clock.instant();
            Last last = lasts.computeIfAbsent(kind, first -> new Last());
            if (!last.logged.equals(Instant.MIN) && now.isBefore(last.logged.plus(PAUSE))) {
                last.silent++;
                return;
            }
            silent = last.silent;
            since = silent == 0 ? Duration.ZERO : Duration.between(last.logged, now);
            last.logged = now;
            last.silent = 0;
        } finally {
            counting.unlock();
        }
        String stream = event.stream().isEmpty() ? "" : "stream '%s': ".formatted(readable(event.stream()));
        String more = silent == 0 ? "" : " (%d more %s in %d s)".formatted(silent, kind.plural, since.toSeconds());
        log.atLevel(kind.level).setCause(cause).log("{}{}{}", stream, what, more);
    }

    /** Keys come from outside: no line of the log is to be forged by one, nor filled. */
    private static String readable(String key) {
        String printable = key.replaceAll("\\p{C}", "?");
        return printable.length() <= 64 ? printable : printable.substring(0, 61) + "...";
    }

    /** Logs no more, but for how many events there were since the last lines. */
    @Override
    public void close() {
        subscription.close();
        counting.lock();
        try {
            lasts.forEach((kind, last) -> {
                if (last.silent > 0) {
                    log.atLevel(kind.level).log("{} more {}", last.silent, kind.plural);
                    last.silent = 0;
                }
            });
        } finally {
            counting.unlock();
        }
    }
}
