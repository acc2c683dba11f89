package io.tta4j.flight;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * Writes what happens to streams into recordings of the Flight Recorder, as events whose names begin with
 * {@code io.tta4j.}. Listens only while there is a recording: without one, nothing is built or measured for it.
 *
 * <p>Thread-safe.
 */
public final class FlightEvents implements AutoCloseable {

    private final Events events;
    private final FlightRecorderListener listener = new FlightRecorderListener() {

        @Override
        public void recordingStateChanged(Recording recording) {
            follow();
        }
    };
    private final ReentrantLock following = new ReentrantLock();
    private List<Events.Subscription> subscriptions = List.of();
    private boolean closed;

    private FlightEvents(Events events) {
        this.events = events;
    }

    /** Follows recordings, those that run and those to come, until it is closed. */
    public static FlightEvents of(Events events) {
        FlightEvents flight = new FlightEvents(events);
        if (FlightRecorder.isAvailable()) {
            FlightRecorder.addListener(flight.listener);
            flight.follow();
        }
        return flight;
    }

    private void follow() {
        following.lock();
        try {
            boolean records = !closed && isRecording();
            if (records && subscriptions.isEmpty()) {
                subscriptions = subscribe();
            } else if (!records) {
                subscriptions.forEach(Events.Subscription::close);
                subscriptions = List.of();
            }
        } finally {
            following.unlock();
        }
    }

    private static boolean isRecording() {
        return FlightRecorder.isInitialized()
                && FlightRecorder.getFlightRecorder().getRecordings().stream()
                        .anyMatch(recording -> recording.getState() == RecordingState.RUNNING);
    }

    private List<Events.Subscription> subscribe() {
        return List.of(
                events.on(RuntimeEvent.Adapted.class, StepFlight::commit),
                events.on(
                        RuntimeEvent.Failed.class,
                        event -> TroubleFlight.commit(event, "failed", String.valueOf(event.cause()))),
                events.on(
                        RuntimeEvent.Rejected.class,
                        event -> TroubleFlight.commit(event, event.guard(), event.reason())),
                events.on(RuntimeEvent.Reset.class, event -> ResetFlight.commit(event, event.cause(), false)),
                events.on(RuntimeEvent.RolledBack.class, event -> ResetFlight.commit(event, event.cause(), true)),
                events.on(RuntimeEvent.Dropped.class, DropFlight::commit),
                events.on(RuntimeEvent.Evicted.class, EvictionFlight::commit));
    }

    /** Follows recordings no more. */
    @Override
    public void close() {
        following.lock();
        try {
            closed = true;
        } finally {
            following.unlock();
        }
        follow();
        if (FlightRecorder.isAvailable()) {
            FlightRecorder.removeListener(listener);
        }
    }
}
