package io.tta4j;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;

/** Steps along the gradient of the first logit; on moving statistics if it is told so. */
record Descending(Statistics statistics) implements Method {

    @Override
    public String name() {
        return "descending";
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        float[] seed = new float[pass.rows() * model.classes()];
        for (int row = 0; row < pass.rows(); row++) {
            seed[row * model.classes()] = 1;
        }
        Vector gradient = pass.pullback(Matrix.of(pass.rows(), model.classes(), seed));
        return new Adaptation(
                state.withTheta(state.theta().plus(-0.01f, gradient)),
                new StepReport(pass.rows(), pass.rows(), pass.rows(), OptionalDouble.empty(), false));
    }
}
