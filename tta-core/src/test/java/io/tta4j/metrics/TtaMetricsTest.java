package io.tta4j.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.StepReport;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TtaMetricsTest {

    private static final long MILLISECOND = 1_000_000;

    private final Events events = new Events();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TtaMetrics metrics = TtaMetrics.of(events, "net", "sar");

    private static RuntimeEvent.Adapted adapted(String stream, int samples, int reliable, long nanos) {
        return new RuntimeEvent.Adapted(
                stream, new StepReport(samples, reliable, reliable, OptionalDouble.of(0.5), false), 1.25, 0.75, nanos);
    }

    private <E extends RuntimeEvent> void tell(Class<E> type, E event) {
        events.publish(type, () -> event);
    }

    private double count(String name, String cause) {
        return registry.get(name)
                .tags("model", "net", "method", "sar", "cause", cause)
                .counter()
                .count();
    }

    @Test
    void timesRequestsAndAdaptations() {
        metrics.bindTo(registry);

        tell(RuntimeEvent.Answered.class, new RuntimeEvent.Answered("a", 8, 5 * MILLISECOND, 4 * MILLISECOND));
        tell(RuntimeEvent.Answered.class, new RuntimeEvent.Answered("b", 2, 3 * MILLISECOND, 3 * MILLISECOND));
        tell(RuntimeEvent.Adapted.class, adapted("a", 8, 2, 10 * MILLISECOND));
        tell(RuntimeEvent.Adapted.class, adapted("a", 8, 6, 20 * MILLISECOND));
        tell(RuntimeEvent.Adapted.class, adapted("a", 8, 0, 3 * MILLISECOND));

        assertThat(registry.get("tta.predict.latency").timer().totalTime(TimeUnit.MILLISECONDS))
                .isCloseTo(8, within(1e-9));
        assertThat(registry.get("tta.predict.overhead").timer().totalTime(TimeUnit.MILLISECONDS))
                .isCloseTo(1, within(1e-9));
        assertThat(registry.get("tta.predict.samples").counter().count()).isEqualTo(10);
        assertThat(registry.get("tta.adaptation.latency").timer().max(TimeUnit.MILLISECONDS))
                .isCloseTo(20, within(1e-9));
        assertThat(registry.get("tta.adaptation.reliable").summary().totalAmount())
                .isCloseTo(0.25 + 0.75, within(1e-12));
        assertThat(registry.get("tta.adaptation.entropy").summary().mean()).isCloseTo(1.25, within(1e-12));
        assertThat(registry.get("tta.adaptation.distance").summary().mean()).isCloseTo(0.75, within(1e-12));
        assertThat(registry.get("tta.adaptation.steps").counter().count()).isEqualTo(2);
    }

    @Test
    void countsByCause() {
        metrics.bindTo(registry);

        tell(RuntimeEvent.Reset.class, new RuntimeEvent.Reset("a", "sar"));
        tell(RuntimeEvent.Reset.class, new RuntimeEvent.Reset("b", "caller"));
        tell(RuntimeEvent.Reset.class, new RuntimeEvent.Reset("c", "caller"));
        tell(RuntimeEvent.RolledBack.class, new RuntimeEvent.RolledBack("a", "canary"));
        tell(RuntimeEvent.Rejected.class, new RuntimeEvent.Rejected("a", "finite", "theta had NaN"));
        tell(RuntimeEvent.Held.class, new RuntimeEvent.Held("a", 64, "driftGate"));
        tell(RuntimeEvent.Dropped.class, new RuntimeEvent.Dropped("a", 7, "dropOldest"));
        tell(RuntimeEvent.Failed.class, new RuntimeEvent.Failed("a", new IllegalStateException("no")));

        assertThat(count("tta.resets", "sar")).isEqualTo(1);
        assertThat(count("tta.resets", "caller")).isEqualTo(2);
        assertThat(count("tta.rollbacks", "canary")).isEqualTo(1);
        assertThat(count("tta.rejections", "finite")).isEqualTo(1);
        assertThat(count("tta.held", "driftGate")).isEqualTo(64);
        assertThat(count("tta.drops", "dropOldest")).isEqualTo(7);
        assertThat(count("tta.adaptation.failures", "IllegalStateException")).isEqualTo(1);
    }

    @Test
    void readsGaugesAndTheStore() {
        AtomicLong rows = new AtomicLong(3);
        metrics.withBacklog(rows::get, () -> 4096)
                .withCache(() -> 12, () -> 3456, () -> 90, () -> 10)
                .bindTo(registry);

        tell(RuntimeEvent.Saved.class, new RuntimeEvent.Saved("a", 4, 1000, 2 * MILLISECOND));
        tell(RuntimeEvent.StoreFailed.class, new RuntimeEvent.StoreFailed("a", "disk full"));
        tell(RuntimeEvent.RecordLost.class, new RuntimeEvent.RecordLost("a", "disk full"));
        tell(RuntimeEvent.Evicted.class, new RuntimeEvent.Evicted("a", 1000, true));
        tell(RuntimeEvent.Restored.class, new RuntimeEvent.Restored("a", 4));
        rows.set(5);

        assertThat(registry.get("tta.backlog").gauge().value()).isEqualTo(5);
        assertThat(registry.get("tta.backlog.size").gauge().value()).isEqualTo(4096);
        assertThat(registry.get("tta.cache.states").gauge().value()).isEqualTo(12);
        assertThat(registry.get("tta.cache.size").gauge().value()).isEqualTo(3456);
        assertThat(registry.get("tta.cache.gets")
                        .tag("result", "hit")
                        .functionCounter()
                        .count())
                .isEqualTo(90);
        assertThat(registry.get("tta.cache.gets")
                        .tag("result", "miss")
                        .functionCounter()
                        .count())
                .isEqualTo(10);
        assertThat(registry.get("tta.snapshot.saves").timer().count()).isEqualTo(1);
        assertThat(registry.get("tta.snapshot.size").summary().totalAmount()).isEqualTo(1000);
        assertThat(registry.get("tta.snapshot.failures").counter().count()).isEqualTo(1);
        assertThat(registry.get("tta.audit.lost").counter().count()).isEqualTo(1);
        assertThat(registry.get("tta.cache.evictions").counter().count()).isEqualTo(1);
        assertThat(registry.get("tta.cache.restores").counter().count()).isEqualTo(1);
    }

    /** Ten thousand streams, and as many causes as an attacker may invent: as many meters as for one. */
    @Test
    void hasNoMoreMetersForMoreStreams() {
        metrics.bindTo(registry);
        tellAll("only", "caller");
        int before = registry.getMeters().size();

        for (int i = 0; i < 10_000; i++) {
            tellAll("stream-" + i, "caller");
        }

        assertThat(registry.getMeters()).hasSize(before);
        assertThat(count("tta.resets", "caller")).isEqualTo(10_001);
        for (int i = 0; i < 1000; i++) {
            tellAll("only", "cause-" + i);
        }
        assertThat(registry.getMeters()).hasSizeLessThan(before + 6 * 33);
        assertThat(registry.find("tta.resets").counters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum())
                .isEqualTo(11_001);
        assertThat(registry.getMeters().stream()
                        .map(Meter::getId)
                        .flatMap(id -> id.getTags().stream())
                        .map(Tag::getKey)
                        .collect(Collectors.toSet()))
                .isSubsetOf("model", "method", "cause");
    }

    private void tellAll(String stream, String cause) {
        tell(RuntimeEvent.Answered.class, new RuntimeEvent.Answered(stream, 1, 2, 1));
        tell(RuntimeEvent.Adapted.class, adapted(stream, 4, 2, 3));
        tell(RuntimeEvent.Held.class, new RuntimeEvent.Held(stream, 1, cause));
        tell(RuntimeEvent.Rejected.class, new RuntimeEvent.Rejected(stream, cause, "no"));
        tell(RuntimeEvent.Failed.class, new RuntimeEvent.Failed(stream, new IllegalStateException()));
        tell(RuntimeEvent.Reset.class, new RuntimeEvent.Reset(stream, cause));
        tell(RuntimeEvent.RolledBack.class, new RuntimeEvent.RolledBack(stream, cause));
        tell(RuntimeEvent.Dropped.class, new RuntimeEvent.Dropped(stream, 1, cause));
        tell(RuntimeEvent.Saved.class, new RuntimeEvent.Saved(stream, 1, 1, 1));
        tell(RuntimeEvent.Evicted.class, new RuntimeEvent.Evicted(stream, 1, true));
    }

    @Test
    void keepsOutWhatIsNotANumber() {
        metrics.bindTo(registry);

        tell(
                RuntimeEvent.Adapted.class,
                new RuntimeEvent.Adapted("a", StepReport.skipped(4, 0), Double.NaN, Double.POSITIVE_INFINITY, 5));

        assertThat(registry.get("tta.adaptation.entropy").summary().count()).isZero();
        assertThat(registry.get("tta.adaptation.distance").summary().count()).isZero();
        assertThat(registry.get("tta.adaptation.latency").timer().count()).isEqualTo(1);
    }

    @Test
    void listensNoMoreOnceItIsClosed() {
        metrics.bindTo(registry);
        metrics.close();

        assertThat(events.wanted(RuntimeEvent.Answered.class)).isFalse();
        assertThat(events.wanted(RuntimeEvent.Adapted.class)).isFalse();
        tell(RuntimeEvent.Reset.class, new RuntimeEvent.Reset("a", "sar"));
        assertThat(Optional.ofNullable(registry.find("tta.resets").counter())).isEmpty();
        assertThat(List.copyOf(registry.getMeters())).isNotEmpty();
    }
}
