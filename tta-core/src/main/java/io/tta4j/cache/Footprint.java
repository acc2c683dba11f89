package io.tta4j.cache;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Map;

/**
 * How many bytes of heap a state takes, as 64-bit Java lays objects out with compressed references; within a few
 * percent of what was measured. What several states share, such as the source's theta, is counted for each.
 */
public final class Footprint {

    private static final int ARRAY = 16;
    private static final int OBJECT = 16;
    private static final int MAP = 80;
    private static final int MAP_ENTRY = 40;
    private static final int STRING = 24 + ARRAY;
    private static final int REFERENCE = 4;

    private Footprint() {}

    public static long of(State state) {
        long bytes = 32 + 3 * MAP;
        for (Map.Entry<String, Vector> vector : state.vectors().entrySet()) {
            bytes += entry(vector.getKey())
                    + OBJECT
                    + ARRAY
                    + aligned((long) Float.BYTES * vector.getValue().size());
        }
        for (String name : state.scalars().keySet()) {
            bytes += entry(name) + OBJECT + Double.BYTES;
        }
        for (Map.Entry<String, List<String>> words : state.words().entrySet()) {
            bytes += entry(words.getKey()) + 2 * OBJECT + ARRAY;
            for (String word : words.getValue()) {
                bytes += REFERENCE + text(word);
            }
        }
        return bytes;
    }

    private static long entry(String name) {
        return MAP_ENTRY + text(name);
    }

    /** Latin text takes half of it. */
    private static long text(String text) {
        return STRING + aligned(2L * text.length());
    }

    private static long aligned(long bytes) {
        return (bytes + 7) / 8 * 8;
    }
}
