package io.tta4j.stream.setting;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Corruptions that take turns: each session is cut into so many equal stretches, and every stretch has the next
 * corruption, from the first one again after the last. So the corruption switches within sessions and between them, and
 * where there are fewer corruptions than stretches, they come back in later sessions.
 *
 * @param stretches a session, at least 1
 */
public record Drift(int stretches) {

    /** @throws IllegalArgumentException if there is no stretch */
    public Drift {
        if (stretches < 1) {
            throw new IllegalArgumentException("corruptions per session must be at least 1, but was " + stretches);
        }
    }

    /**
     * The images of a session under their corruptions.
     *
     * @param session 0 for the first
     * @param images in the order they are met
     * @param corruptions how many there are
     */
    List<Position> over(int session, List<Integer> images, int corruptions) {
        return IntStream.range(0, images.size())
                .mapToObj(i -> {
                    long stretch = (long) session * stretches + (long) i * stretches / images.size();
                    return new Position((int) (stretch % corruptions), images.get(i));
                })
                .toList();
    }
}
