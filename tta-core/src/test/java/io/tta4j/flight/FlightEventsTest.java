package io.tta4j.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightEventsTest {

    private final Events events = new Events();

    @TempDir
    private Path folder;

    private <E extends RuntimeEvent> void tell(Class<E> type, E event) {
        events.publish(type, () -> event);
    }

    @Test
    void recordsWhatHappensWhileThereIsARecording() throws IOException {
        Path file = folder.resolve("tta.jfr");
        FlightEvents flight = FlightEvents.of(events);
        assertThat(events.wanted(RuntimeEvent.Adapted.class)).isFalse();
        try (Recording recording = new Recording()) {
            recording.start();
            assertThat(events.wanted(RuntimeEvent.Adapted.class)).isTrue();
            tell(
                    RuntimeEvent.Adapted.class,
                    new RuntimeEvent.Adapted(
                            "camera", new StepReport(64, 40, 38, OptionalDouble.of(0.3), true), 1.5, 0.25, 7_000));
            tell(RuntimeEvent.Reset.class, new RuntimeEvent.Reset("camera", "sar"));
            tell(RuntimeEvent.RolledBack.class, new RuntimeEvent.RolledBack("camera", "canary"));
            tell(RuntimeEvent.Dropped.class, new RuntimeEvent.Dropped("camera", 5, "dropOldest"));
            tell(RuntimeEvent.Evicted.class, new RuntimeEvent.Evicted("camera", 4096, true));
            tell(RuntimeEvent.Rejected.class, new RuntimeEvent.Rejected("camera", "finite", "NaN in theta"));
            tell(RuntimeEvent.Failed.class, new RuntimeEvent.Failed("camera", new IllegalStateException("no")));
            recording.stop();
            recording.dump(file);
        }
        assertThat(events.wanted(RuntimeEvent.Adapted.class)).isFalse();
        flight.close();

        List<RecordedEvent> recorded = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("io.tta4j."))
                .toList();
        assertThat(recorded)
                .extracting(event -> event.getEventType().getName())
                .containsExactlyInAnyOrder(
                        "io.tta4j.AdaptationStep",
                        "io.tta4j.StateReset",
                        "io.tta4j.StateReset",
                        "io.tta4j.SamplesDropped",
                        "io.tta4j.StateEvicted",
                        "io.tta4j.AdaptationRejected",
                        "io.tta4j.AdaptationRejected");
        assertThat(recorded)
                .allSatisfy(event -> assertThat(event.getString("stream")).isEqualTo("camera"));
        RecordedEvent step = named(recorded, "io.tta4j.AdaptationStep");
        assertThat(step.getDuration("taken").toNanos()).isEqualTo(7_000);
        assertThat(step.getInt("samples")).isEqualTo(64);
        assertThat(step.getInt("reliable")).isEqualTo(40);
        assertThat(step.getInt("adapted")).isEqualTo(38);
        assertThat(step.getDouble("entropy")).isEqualTo(1.5);
        assertThat(step.getDouble("distance")).isEqualTo(0.25);
        assertThat(step.getBoolean("reset")).isTrue();
        assertThat(named(recorded, "io.tta4j.SamplesDropped").getInt("samples")).isEqualTo(5);
        assertThat(named(recorded, "io.tta4j.StateEvicted").getLong("bytes")).isEqualTo(4096);
    }

    private static RecordedEvent named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void followsARecordingThatWasThereBefore() {
        try (Recording recording = new Recording()) {
            recording.start();
            FlightEvents flight = FlightEvents.of(events);
            assertThat(events.wanted(RuntimeEvent.Evicted.class)).isTrue();
            flight.close();
            assertThat(events.wanted(RuntimeEvent.Evicted.class)).isFalse();
        }
    }
}
