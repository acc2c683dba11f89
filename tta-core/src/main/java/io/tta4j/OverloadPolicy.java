package io.tta4j;

/** Which requests are not learned from where more come than there is memory for those that wait. */
public enum OverloadPolicy {

    /** The one that has waited longest makes room: what is learned from is fresh. */
    DROP_OLDEST,

    /** The new one is given up: what waits is learned from in full. */
    DROP_NEWEST,

    /**
     * A random one makes room, or the new one is given up, so that what waits is a uniform sample of the requests since
     * there was room last (Vitter's reservoir sampling, 1985). Seeded: the same requests give the same sample.
     */
    SAMPLE
}
