package io.tta4j.guard;

import io.tta4j.method.State;

/**
 * Refuses a step that is much longer than the stream's steps so far: a batch that was made to move theta as far as it
 * can, or an optimizer that runs away. With s the norm of the change of theta and m the running mean of such norms,
 *
 * <pre>{@code
 * refused where s > factor * m             m <- m + (min(s, factor * m) - m) / 10
 * }</pre>
 *
 * <p>A refused step counts in m as if it had had the longest norm that is let through, so that a lasting change of
 * scale, such as larger batches, is let through after a few. The momentum of a refused step is forgotten with it. The
 * first {@value #FIRST} steps pass, and m is their mean; until then the distance to the source is all that bounds them.
 *
 * @param factor above 1
 */
record StepNormGuard(double factor) implements StepGuard {

    /** The state's scalar that holds m. */
    static final String MEAN = Memory.PREFIX + "stepNorm";

    /** The state's scalar that counts steps, up to {@value #FIRST}. */
    static final String STEPS = Memory.PREFIX + "steps";

    private static final int FIRST = 10;

    @Override
    public String name() {
        return "stepNorm";
    }

    @Override
    public Ruling judge(Step step) {
        double norm = step.norm();
        if (norm == 0 || step.report().reset()) {
            return Ruling.published(step.made());
        }
        State before = step.before();
        double steps = before.scalar(STEPS).orElse(0);
        double mean = before.scalar(MEAN).orElse(0);
        double longest = steps < FIRST ? Double.MAX_VALUE : factor * mean;
        double moved = mean + (Math.min(norm, longest) - mean) / Math.min(steps + 1, FIRST);
        if (norm > longest) {
            return rejected(
                    before.with(MEAN, moved),
                    "the norm of a step must be at most %.3g, %s times that of the stream's steps so far, but was %.3g"
                            .formatted(longest, factor, norm));
        }
        return Ruling.published(step.made().with(MEAN, moved).with(STEPS, Math.min(steps + 1, FIRST)));
    }
}
