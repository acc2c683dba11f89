package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;

/**
 * The images that a model meets between two resets to its source state, in order.
 *
 * @param name the corruption, or {@code mixed}
 * @param positions the images; at least one
 */
public record ImageStream(String name, List<Position> positions) {

    public ImageStream {
        positions = List.copyOf(positions);
        if (positions.isEmpty()) {
            throw new IllegalArgumentException(
                    "stream '%s' must have at least one image, but had none".formatted(name));
        }
    }

    /**
     * The stream cut into batches.
     *
     * @param size images a batch, at least 1; the last batch holds the rest
     */
    public List<List<Position>> batches(int size) {
        List<List<Position>> batches = new ArrayList<>();
        for (int from = 0; from < positions.size(); from += size) {
            batches.add(positions.subList(from, Math.min(from + size, positions.size())));
        }
        return batches;
    }
}
