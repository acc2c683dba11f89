package io.tta4j.snapshot;

import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a stream has learned, and what it goes with. Immutable.
 *
 * @param fingerprint the model's, as {@link AdaptableModel#fingerprint} has it
 * @param method the name of the method whose state it is
 * @param state what it has learned
 * @param counters what was done for it so far, by name
 */
public record Snapshot(String fingerprint, String method, State state, Map<String, Long> counters) {

    public Snapshot {
        counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    }

    /** A snapshot without counters. */
    public Snapshot(String fingerprint, String method, State state) {
        this(fingerprint, method, state, Map.of());
    }

    /** Throws as {@link #requireFits(String, String, int)}. */
    public void requireFits(AdaptableModel model, String ofMethod) throws SnapshotException {
        requireFits(model.fingerprint(), ofMethod, model.layout().size());
    }

    /**
     * Makes sure that the state can be taken over.
     *
     * @param ofModel the model's fingerprint
     * @param ofMethod the method's name
     * @param parameters P, the size of the model's theta
     * @throws SnapshotException if this is of another model or method, or theta is of another size
     */
    public void requireFits(String ofModel, String ofMethod, int parameters) throws SnapshotException {
        if (!fingerprint.equals(ofModel)) {
            throw new SnapshotException(
                    "a snapshot must be of the model that it is used with, %s, but was of %s; load the model that it was made with, or begin anew in another directory"
                            .formatted(ofModel, fingerprint));
        }
        if (!method.equals(ofMethod)) {
            throw new SnapshotException(
                    "a snapshot must be of method '%s', but was of '%s'; use that method, or begin anew in another directory"
                            .formatted(ofMethod, method));
        }
        if (state.theta().size() != parameters) {
            throw new SnapshotException(
                    "a snapshot's theta must have the %d values of the model, but had %d; load the model with the options that it was made with"
                            .formatted(parameters, state.theta().size()));
        }
    }
}
