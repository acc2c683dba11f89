package io.tta4j.health;

import java.util.List;

/**
 * Whether all is well with a runtime. Requests are answered either way: what is at stake is adaptation.
 *
 * @param status whether it is
 * @param reasons why not, a sentence each; empty where all is well
 */
public record Health(Status status, List<String> reasons) {

    /** Whether all is well. */
    public enum Status {
        /** All is well. */
        UP,
        /** Requests are answered, but something is amiss. */
        DEGRADED
    }

    public Health {
        reasons = List.copyOf(reasons);
    }

    static Health of(List<String> reasons) {
        return new Health(reasons.isEmpty() ? Status.UP : Status.DEGRADED, reasons);
    }
}
