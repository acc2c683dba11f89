package io.tta4j.examples.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.flight.FlightEvents;
import io.tta4j.health.EventLog;
import io.tta4j.health.Health;
import io.tta4j.health.HealthMonitor;
import java.util.OptionalDouble;

/** Listens to what happens to streams: for the log, Flight Recorder, health, and shadows' agreement. */
final class Observers implements AutoCloseable {

    /** Streams whose shadows are remembered; the least used make room. */
    private static final int SHADOWS = 10_000;

    private final EventLog log;
    private final FlightEvents flight;
    private final HealthMonitor health;
    private final Events.Subscription shadows;
    private final Cache<String, Double> agreements =
            Caffeine.newBuilder().maximumSize(SHADOWS).executor(Runnable::run).build();

    /** Listens from now on. */
    Observers(Events events) {
        this.log = EventLog.of(events);
        this.flight = FlightEvents.of(events);
        this.health = HealthMonitor.of(events);
        this.shadows =
                events.on(RuntimeEvent.Shadowed.class, event -> agreements.put(event.stream(), event.agreement()));
    }

    Health health() {
        return health.health();
    }

    /** The share of rows that source and copy answered alike in the last batch that a stream's copy learned from. */
    OptionalDouble agreement(String stream) {
        Double latest = agreements.getIfPresent(stream);
        return latest == null ? OptionalDouble.empty() : OptionalDouble.of(latest);
    }

    @Override
    public void close() {
        shadows.close();
        health.close();
        flight.close();
        log.close();
    }
}
