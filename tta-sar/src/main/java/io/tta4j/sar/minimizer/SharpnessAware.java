package io.tta4j.sar.minimizer;

import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.function.BinaryOperator;

/**
 * Sharpness-aware minimisation: descends along the gradient at the worst point of a ball around theta, to first order
 * (SAM, Foret et al., ICLR 2021, section 2; for entropy SAR, Niu et al., ICLR 2023, section 4).
 *
 * @param rho the radius of the ball in parameter space; 0 is plain gradient descent
 */
public record SharpnessAware(double rho) implements Minimizer {

    /** Keeps a zero gradient from dividing by zero, as the official code does. */
    private static final double TINY = 1e-12;

    @Override
    public Descent descend(ReliableLoss loss, Pass pass, Vector theta) {
        return descend(loss, pass, theta, (here, there) -> there);
    }

    /**
     * Descends along what is made of both gradients.
     *
     * @param direction from the gradients at theta and at the worst point to the one to step along
     */
    Descent descend(ReliableLoss loss, Pass pass, Vector theta, BinaryOperator<Vector> direction) {
        ReliableLoss.Value here = loss.at(pass);
        if (here.samples() == 0) {
            return Descent.none(here);
        }
        pass.freeActivations();
        Vector worst = theta.plus(perturbation(here.gradient()));
        ReliableLoss.Value there = loss.at(pass, worst, here.rows());
        if (there.samples() == 0) {
            return Descent.none(here);
        }
        Vector gradient = direction.apply(here.gradient(), there.gradient());
        return new Descent(here, there.samples(), there.loss(), gradient);
    }

    /** {@code rho g / (||g|| + 1e-12)}, with one norm over all of g. */
    public Vector perturbation(Vector gradient) {
        return gradient.times((float) (rho / (gradient.norm() + TINY)));
    }
}
