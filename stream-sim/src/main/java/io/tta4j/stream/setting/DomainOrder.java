package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.List;

/**
 * Which domains prevail when. Where domains hold several severities of a corruption, all orders but {@link #ramps} take
 * the largest.
 */
public interface DomainOrder {

    /**
     * The streams, each to be met from the source state.
     *
     * @param setting the name of the setting, for streams that have several domains
     * @param domains there is at least one that is not clean
     * @param images how many there are of each domain
     */
    List<Route> routes(String setting, List<Domain> domains, int images);

    /** In a few words. */
    String description();

    /** Each corruption is a stream of its own: the model is reset in between. */
    static DomainOrder apart() {
        return new Apart();
    }

    /** One stream of the images of all corruptions together. */
    static DomainOrder mixed() {
        return new AtOnce();
    }

    /** One stream, without a reset: all images of the first corruption, then all of the second, ... */
    static DomainOrder inTurn() {
        return recurring(1);
    }

    /**
     * As {@link #inTurn}, and from the first corruption again after the last (Hoang et al., PeTTA, NeurIPS 2024).
     *
     * @param cycles times that each corruption comes; at least 1
     */
    static DomainOrder recurring(int cycles) {
        return new InTurn(cycles, List.of(), false);
    }

    /**
     * As {@link #recurring}, with changes at other images.
     *
     * @param positions at which image the second domain follows the first, the third the second, ..., ascending; empty
     *     for as many images each as there are. The last domain lasts until as many images have come as there are under
     *     all of them
     * @param fromClean whether a cycle begins with clean images
     */
    static DomainOrder drifting(int cycles, List<Integer> positions, boolean fromClean) {
        return new InTurn(cycles, positions, fromClean);
    }

    /**
     * One stream, without a reset: all images of the first corruption at its smallest severity, then at larger ones up
     * to the largest, and back to the smallest; then the second corruption likewise (the gradual setting of Wang et
     * al., CoTTA, CVPR 2022). Needs two severities at least.
     */
    static DomainOrder ramps() {
        return new Ramps();
    }
}
