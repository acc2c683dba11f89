package io.tta4j.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import io.tta4j.method.StepReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {

    private final Events events = new Events();
    private final HandClock clock = new HandClock();
    private final HealthMonitor monitor = HealthMonitor.of(events, clock);

    private <E extends RuntimeEvent> void tell(Class<E> type, E event) {
        events.publish(type, () -> event);
    }

    private void adapted() {
        tell(RuntimeEvent.Adapted.class, new RuntimeEvent.Adapted("a", StepReport.skipped(4, 0), 1, 0, 1));
    }

    private void assertUp() {
        assertThat(monitor.health()).isEqualTo(new Health(Health.Status.UP, List.of()));
    }

    private void assertDegraded(String... reasons) {
        assertThat(monitor.health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(monitor.health().reasons()).containsExactly(reasons);
    }

    @Test
    void isUpAtFirst() {
        assertUp();
    }

    @Test
    void tellsThatEveryAdaptationOfLateCameToNothing() {
        tell(RuntimeEvent.Failed.class, new RuntimeEvent.Failed("a", new IllegalStateException("no")));
        tell(RuntimeEvent.Rejected.class, new RuntimeEvent.Rejected("b", "finite", "theta had NaN"));
        assertUp();
        adapted();
        tell(RuntimeEvent.Failed.class, new RuntimeEvent.Failed("a", new IllegalStateException("no")));
        tell(RuntimeEvent.Failed.class, new RuntimeEvent.Failed("a", new IllegalStateException("no")));
        assertUp();
        tell(RuntimeEvent.Rejected.class, new RuntimeEvent.Rejected("b", "finite", "theta had NaN"));
        assertDegraded("the last 3 adaptations all failed or were refused; the last one: finite: theta had NaN");
        adapted();
        assertUp();
    }

    @Test
    void tellsThatTheStoreFailsUntilItWorksAgain() {
        tell(RuntimeEvent.StoreFailed.class, new RuntimeEvent.StoreFailed("a", "disk full"));
        assertDegraded("states cannot be kept or read: disk full");
        tell(RuntimeEvent.Saved.class, new RuntimeEvent.Saved("a", 1, 1, 1));
        assertUp();
    }

    @Test
    void tellsForAMinuteThatSamplesWereGivenUp() {
        tell(RuntimeEvent.Dropped.class, new RuntimeEvent.Dropped("a", 64, "dropOldest"));
        clock.move(Duration.ofSeconds(59));
        assertDegraded("samples were given up within the last minute: dropOldest");
        clock.move(Duration.ofSeconds(1));
        assertUp();
    }

    @Test
    void tellsForAMinuteThatRecordsWereLost() {
        tell(RuntimeEvent.RecordLost.class, new RuntimeEvent.RecordLost("a", "disk full"));
        clock.move(Duration.ofSeconds(59));
        assertDegraded("records of the audit trail were lost within the last minute: disk full");
        clock.move(Duration.ofSeconds(1));
        assertUp();
    }

    @Test
    void tellsThatResetsFollowEachOther() {
        for (int i = 0; i < 5; i++) {
            assertUp();
            clock.move(Duration.ofMinutes(2));
            tell(RuntimeEvent.Reset.class, new RuntimeEvent.Reset("a", "sar"));
        }
        assertDegraded("5 resets within the last 10 minutes: the method does not hold on this stream");
        clock.move(Duration.ofMinutes(2));
        assertUp();
    }

    @Test
    void tellsThatNothingIsLearned() {
        tell(RuntimeEvent.ModeChanged.class, new RuntimeEvent.ModeChanged("", "frozen"));
        assertDegraded("nothing is learned: the mode is frozen");
        tell(RuntimeEvent.ModeChanged.class, new RuntimeEvent.ModeChanged("", "shadow"));
        assertUp();
    }

    @Test
    void listensNoMoreOnceItIsClosed() {
        monitor.close();
        assertThat(events.wanted(RuntimeEvent.Adapted.class)).isFalse();
    }
}
