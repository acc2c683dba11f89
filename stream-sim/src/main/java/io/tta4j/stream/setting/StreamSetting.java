package io.tta4j.stream.setting;

import java.util.List;

/**
 * How corrupted images are lined up into streams. Deterministic: the same arguments give the same streams on every
 * machine.
 */
public interface StreamSetting {

    /** The field's name of the setting, such as {@code label-shift}. */
    String name();

    /** What is drawn depends on this and the arguments alone. */
    long seed();

    /**
     * The streams, each to be met from the source state.
     *
     * @param corruptions the names of the corruptions; a position's set is an index into them
     * @param labels the class of each image, the same under every corruption; at least one
     */
    List<ImageStream> streams(List<String> corruptions, int[] labels);
}
