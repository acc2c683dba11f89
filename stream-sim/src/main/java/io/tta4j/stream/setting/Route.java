package io.tta4j.stream.setting;

import java.util.List;

/**
 * Which domains a stream goes through between two resets.
 *
 * @param name the stream's name
 * @param stretches in order; at least one
 */
public record Route(String name, List<Stretch> stretches) {

    public Route {
        stretches = List.copyOf(stretches);
        if (stretches.isEmpty()) {
            throw new IllegalArgumentException(
                    "stream '%s' must have at least one stretch, but had none".formatted(name));
        }
    }
}
