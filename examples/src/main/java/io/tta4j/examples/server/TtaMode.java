package io.tta4j.examples.server;

import io.tta4j.Mode;
import java.util.Arrays;
import java.util.Locale;

/** What a request asks of adaptation, its parameter {@code tta}. */
enum TtaMode {
    /** The source answers, nothing is learned. */
    OFF(Mode.DISABLED),
    /** The source answers, a copy of the stream's state learns; both are compared. */
    SHADOW(Mode.SHADOW),
    /** The stream answers and learns. */
    ON(Mode.ADAPTING);

    private final Mode mode;

    TtaMode(Mode mode) {
        this.mode = mode;
    }

    /** @throws Refusal if there is none of that name */
    static TtaMode named(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.text().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        Refusal.malformed("parameter 'tta' must be off, shadow or on, but was %s", Quoted.of(name)));
    }

    /** @throws IllegalArgumentException if requests cannot ask for it */
    static TtaMode of(Mode mode) {
        return Arrays.stream(values())
                .filter(named -> named.mode == mode)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "runtime.mode must be disabled, shadow or adapting here, but was " + mode));
    }

    /** What the runtime calls it. */
    Mode mode() {
        return mode;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
