package io.tta4j.examples.server;

import java.util.Arrays;
import java.util.Locale;

/** What a request asks of adaptation, its parameter {@code tta}. */
enum TtaMode {
    /** The source answers, nothing is learned. */
    OFF,
    /** The stream learns from the request, the source answers it; both are compared. */
    SHADOW,
    /** The stream answers and learns. */
    ON;

    /** @throws Refusal if there is none of that name */
    static TtaMode named(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.text().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        Refusal.malformed("parameter 'tta' must be off, shadow or on, but was %s", Quoted.of(name)));
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
