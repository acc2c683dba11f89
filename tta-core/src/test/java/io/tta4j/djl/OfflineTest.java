package io.tta4j.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OfflineTest {

    private static final String PROPERTY = "ai.djl.offline";

    private final String before = System.getProperty(PROPERTY);

    @AfterEach
    void restore() {
        if (before != null) {
            System.setProperty(PROPERTY, before);
        }
    }

    @Test
    void isOfflineForTheCallAlone() {
        System.clearProperty(PROPERTY);
        assertThat(Offline.call(Utils::isOfflineMode)).isTrue();
        assertThat(System.getProperty(PROPERTY)).isNull();
        assertThatThrownBy(() -> Offline.call(() -> {
                    throw new IllegalStateException("no engine");
                }))
                .hasMessage("no engine");
        assertThat(System.getProperty(PROPERTY)).isNull();
    }

    @Test
    void leavesADecisionAsItIs() {
        System.setProperty(PROPERTY, "false");
        assertThat(Offline.call(Utils::isOfflineMode)).isFalse();
        assertThat(System.getProperty(PROPERTY)).isEqualTo("false");
    }
}
