package io.tta4j.predictor;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;

/** A method that shrinks the logits: theta moves against the gradient of half their squares. */
record Descent(float rate) implements Method {

    @Override
    public String name() {
        return "descent";
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        Vector gradient = pass.pullback(pass.logits());
        State moved = state.withTheta(state.theta().plus(-rate, gradient));
        return new Adaptation(
                moved, new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.empty(), false));
    }
}
