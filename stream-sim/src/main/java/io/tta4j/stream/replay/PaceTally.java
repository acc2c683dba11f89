package io.tta4j.stream.replay;

import java.util.OptionalDouble;

/** Which batches of a stream a method has the time to adapt to. */
final class PaceTally {

    private final TimeConstraint constraint;
    private final OptionalDouble fixedRatio;
    private int delay;
    private int adapted;
    private int onlyPredicted;
    private double ratios;

    PaceTally(TimeConstraint constraint, String method) {
        this.constraint = constraint;
        this.fixedRatio = constraint.costRatio(method);
    }

    /** Whether the next batch is only predicted. */
    boolean isLate() {
        return delay > 0;
    }

    /**
     * A batch was answered.
     *
     * @param nanos what the method took
     * @param plainNanos what the source model took
     */
    void answered(long nanos, long plainNanos) {
        if (delay > 0) {
            delay--;
            onlyPredicted++;
            return;
        }
        double ratio = fixedRatio.orElse((double) nanos / plainNanos);
        adapted++;
        ratios += ratio;
        delay = constraint.onlyPredicted(ratio);
    }

    Pace pace() {
        return new Pace(constraint.eta(), ratios / adapted, fixedRatio.isPresent(), onlyPredicted);
    }
}
