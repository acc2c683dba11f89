package io.tta4j.stream.setting;

import java.util.List;

/**
 * The images that a model meets between two resets to its source state, in order.
 *
 * @param name the corruption, or the setting where there are several in one stream
 * @param sessions the parts that it comes in; at least one
 */
public record ImageStream(String name, List<Session> sessions) {

    public ImageStream {
        sessions = List.copyOf(sessions);
        if (sessions.isEmpty()) {
            throw new IllegalArgumentException(
                    "stream '%s' must have at least one session, but had none".formatted(name));
        }
    }

    /** A stream in one part, over the classes that the model was trained on. */
    static ImageStream of(String name, List<Position> positions) {
        return new ImageStream(name, List.of(Session.of(positions)));
    }

    /** The images of all sessions. */
    public List<Position> positions() {
        return sessions.stream()
                .flatMap(session -> session.positions().stream())
                .toList();
    }

    /** Whether classes come in that the model was not trained on. */
    public boolean isClassIncremental() {
        return sessions.stream().anyMatch(session -> !session.introduced().isEmpty());
    }
}
