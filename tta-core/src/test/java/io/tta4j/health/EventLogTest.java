package io.tta4j.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.event.Events;
import io.tta4j.event.RuntimeEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class EventLogTest {

    private final Events events = new Events();
    private final HandClock clock = new HandClock();
    private final Lines lines = new Lines();
    private final EventLog log = EventLog.of(events, lines, clock);

    /** A logger that keeps its lines, from INFO on. */
    private static final class Lines extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1;

        private final transient List<String> all = new ArrayList<>();

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String pattern,
                Object @Nullable [] arguments,
                @Nullable Throwable cause) {
            all.add(level + " " + MessageFormatter.basicArrayFormat(pattern, arguments));
        }
    }

    private void reset(String stream) {
        events.publish(RuntimeEvent.Reset.class, () -> new RuntimeEvent.Reset(stream, "sar"));
    }

    @Test
    void logsTheFirstAtOnceAndThenALineAMinute() {
        reset("camera");
        for (int i = 0; i < 1000; i++) {
            reset("camera");
            clock.move(Duration.ofMillis(50));
        }
        events.publish(RuntimeEvent.StoreFailed.class, () -> new RuntimeEvent.StoreFailed("", "disk full"));
        clock.move(Duration.ofSeconds(10));
        reset("door");
        reset("door");
        log.close();
        reset("door");

        assertThat(lines.all)
                .containsExactly(
                        "INFO stream 'camera': a state went back to the source: sar",
                        "WARN a state could not be kept or read: disk full",
                        "INFO stream 'door': a state went back to the source: sar (1000 more states went back to the source in 60 s)",
                        "INFO 1 more states went back to the source");
    }

    /** A stream's key comes from outside. */
    @Test
    void keepsKeysFromForgingLines() {
        reset("a\nWARN all is lost\u202e" + "x".repeat(100));

        assertThat(lines.all)
                .containsExactly("INFO stream 'a?WARN all is lost?" + "x".repeat(42)
                        + "...': a state went back to the source: sar");
    }

    @Test
    void logsNothingThatIsNotEnabled() {
        events.publish(RuntimeEvent.Evicted.class, () -> new RuntimeEvent.Evicted("a", 1, true));
        events.publish(RuntimeEvent.Held.class, () -> new RuntimeEvent.Held("a", 1, "driftGate"));
        log.close();

        assertThat(lines.all).isEmpty();
    }
}
