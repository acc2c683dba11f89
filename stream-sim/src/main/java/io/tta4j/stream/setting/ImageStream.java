package io.tta4j.stream.setting;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The images that a model meets between two resets to its source state, in order.
 *
 * @param name the corruption, or the setting where there are several in one stream
 * @param sessions the parts that it comes in; at least one
 * @param batch images a request, where the stream wants a number of its own
 */
public record ImageStream(String name, List<Session> sessions, OptionalInt batch) {

    public ImageStream {
        sessions = List.copyOf(sessions);
        if (sessions.isEmpty()) {
            throw new IllegalArgumentException(
                    "stream '%s' must have at least one session, but had none".formatted(name));
        }
    }

    /** A stream that leaves the size of batches open. */
    public ImageStream(String name, List<Session> sessions) {
        this(name, sessions, OptionalInt.empty());
    }

    /** The images of all sessions. */
    public List<Position> positions() {
        return sessions.stream()
                .flatMap(session -> session.positions().stream())
                .toList();
    }

    /** How many images there are in all sessions. */
    public int images() {
        return sessions.stream().mapToInt(session -> session.positions().size()).sum();
    }

    /** The marks of its drifts: the indices of the images whose domain is another than that of the image before. */
    public int[] domainChanges() {
        List<Position> positions = positions();
        return IntStream.range(1, positions.size())
                .filter(i -> positions.get(i).set() != positions.get(i - 1).set())
                .toArray();
    }

    /** Whether classes come in that the model was not trained on. */
    public boolean isClassIncremental() {
        return sessions.stream().anyMatch(session -> !session.introduced().isEmpty());
    }
}
