package io.tta4j.sar.recovery;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.OptionalDouble;

/**
 * Draws theta back to the source a little after each step: {@code theta <- m theta + (1 - m) theta_0} (ROID's weight
 * ensembling, Marsden et al., WACV 2024, section 3.4). Never counts as a reset.
 *
 * @param momentum m, in 0..1; 1 pulls nothing
 */
public record SourcePull(double momentum) implements Recovery {

    @Override
    public Outcome after(State stepped, OptionalDouble loss, Vector source) {
        // In this form what stands at the source keeps its bits, frozen parameters among it.
        Vector theta = stepped.theta();
        return new Outcome(stepped.withTheta(theta.plus((float) (1 - momentum), source.minus(theta))), false);
    }
}
