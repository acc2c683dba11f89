package io.tta4j.guard;

import io.tta4j.method.State;
import io.tta4j.model.Vector;

/**
 * Keeps theta in a ball around the source: where a step leads out of it, theta is brought back to its surface, on the
 * line to the source. What many small steps in one direction can do is bounded so.
 *
 * @param share of the norm of the source's theta that is the radius
 */
record DistanceGuard(double share) implements StepGuard {

    @Override
    public String name() {
        return "distance";
    }

    @Override
    public Ruling judge(Step step) {
        State made = step.made();
        Vector source = step.model().source();
        if (made.theta().equals(source)) {
            return Ruling.published(made);
        }
        Vector way = made.theta().minus(source);
        double distance = way.norm();
        double radius = share * source.norm();
        if (distance <= radius) {
            return Ruling.published(made);
        }
        return new Ruling(
                made.withTheta(source.plus((float) (radius / distance), way)),
                Ruling.Outcome.BOUNDED,
                name(),
                "theta must be at most %.3g away from the source, but was %.3g".formatted(radius, distance));
    }
}
