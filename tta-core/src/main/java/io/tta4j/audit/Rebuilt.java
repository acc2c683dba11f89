package io.tta4j.audit;

import io.tta4j.method.State;
import java.util.Map;

/**
 * What a trail led to. Every state on the way had the hash that was recorded.
 *
 * @param method its name
 * @param states by stream, as they were last; not those that were removed
 * @param steps how many there were
 * @param changes how many other changes: resets, rollbacks, classes, moving statistics
 * @param resets how many of the steps and changes put theta back to the source
 * @param runs how many runs the folder holds
 * @param closed whether the last run was closed; one that was killed was not
 * @param torn how many records were torn by a kill and left out, at most one a run
 * @param lost how many records could not be written, as far as a closed run tells
 */
public record Rebuilt(
        String method,
        Map<String, State> states,
        long steps,
        long changes,
        long resets,
        int runs,
        boolean closed,
        int torn,
        long lost) {

    public Rebuilt {
        states = Map.copyOf(states);
    }
}
