package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.List;

/**
 * How corrupted images are lined up into streams. Deterministic: the same arguments give the same streams on every
 * machine. {@link Streams} composes most that there are.
 */
public interface StreamSetting {

    /** The field's name of the setting, such as {@code label-shift}. */
    String name();

    /** What is drawn depends on this and the arguments alone. */
    long seed();

    /** In one line all that the streams depend on, beside the data and the seed. */
    String description();

    /**
     * The streams, each to be met from the source state.
     *
     * @param domains what images there are, each domain once; a position's set is an index into them. Clean images come
     *     only where the setting says so
     * @param labels the class of each image, the same in every domain; at least one
     */
    List<ImageStream> streams(List<Domain> domains, int[] labels);
}
