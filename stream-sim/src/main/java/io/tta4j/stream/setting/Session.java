package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a stream: some classes are registered, then images come.
 *
 * @param introduced what is registered before the first image, in this order
 * @param positions the images; at least one
 * @param previewFrom the index of the image from which on classes show that a later session introduces; as many as
 *     there are images if none do
 */
public record Session(List<NewClass> introduced, List<Position> positions, int previewFrom) {

    public Session {
        introduced = List.copyOf(introduced);
        positions = List.copyOf(positions);
        if (positions.isEmpty()) {
            throw new IllegalArgumentException("a session must have at least one image, but had none");
        }
        if (previewFrom < 0 || previewFrom > positions.size()) {
            throw new IllegalArgumentException(
                    "previewFrom must be in 0..%d, but was %d".formatted(positions.size(), previewFrom));
        }
    }

    /** A session that introduces nothing. */
    public static Session of(List<Position> positions) {
        return new Session(List.of(), positions, positions.size());
    }

    /**
     * The session cut into batches.
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

    /** The same images under one corruption. */
    Session under(int set) {
        List<Position> moved = positions.stream()
                .map(position -> new Position(set, position.image()))
                .toList();
        return new Session(introduced, moved, previewFrom);
    }
}
