package io.tta4j.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {

    private final Events events = new Events();
    private final List<RuntimeEvent> heard = new ArrayList<>();

    @Test
    void tellsAnEventToThoseWhoListenToItsTypeOrToAll() {
        events.on(RuntimeEvent.class, heard::add);
        events.on(RuntimeEvent.Reset.class, heard::add);
        events.on(RuntimeEvent.Held.class, heard::add);

        RuntimeEvent.Reset reset = new RuntimeEvent.Reset("a", "caller");
        events.publish(RuntimeEvent.Reset.class, () -> reset);

        assertThat(heard).containsExactly(reset, reset);
    }

    @Test
    void buildsNoEventThatNobodyListensTo() {
        events.on(RuntimeEvent.Held.class, heard::add);

        events.publish(RuntimeEvent.Reset.class, () -> {
            throw new AssertionError("built");
        });

        assertThat(events.wanted(RuntimeEvent.Reset.class)).isFalse();
        assertThat(events.wanted(RuntimeEvent.Held.class)).isTrue();
    }

    @Test
    void tellsAClosedSubscriptionNoMore() {
        events.on(RuntimeEvent.Reset.class, heard::add).close();

        events.publish(RuntimeEvent.Reset.class, () -> new RuntimeEvent.Reset("", "sar"));

        assertThat(heard).isEmpty();
        assertThat(events.wanted(RuntimeEvent.Reset.class)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListenerThatThrowsKeepsTheOthersFromNothing(boolean error) {
        events.on(RuntimeEvent.class, event -> {
            if (error) {
                throw new NoClassDefFoundError("listener");
            }
            throw new IllegalStateException("listener");
        });
        events.on(RuntimeEvent.class, heard::add);

        events.publish(RuntimeEvent.Reset.class, () -> new RuntimeEvent.Reset("", "sar"));

        assertThat(heard).hasSize(1);
    }
}
