package io.tta4j.guard;

import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;

/**
 * A step to judge.
 *
 * @param model the model under the statistics that the step was taken with
 * @param pass the pass at {@code before.theta()} that the step came from, open
 * @param before the state before the step
 * @param made what the step, and the guards so far, made of it
 * @param report what was done
 */
record Step(AdaptableModel model, Pass pass, State before, State made, StepReport report) {

    Step with(State other) {
        return new Step(model, pass, before, other, report);
    }

    /** How far theta went: 0 where no step was taken. */
    double norm() {
        return made.theta().equals(before.theta())
                ? 0
                : made.theta().minus(before.theta()).norm();
    }
}
