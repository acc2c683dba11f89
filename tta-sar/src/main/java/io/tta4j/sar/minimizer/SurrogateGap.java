package io.tta4j.sar.minimizer;

import io.tta4j.model.Pass;
import io.tta4j.model.Vector;

/**
 * Surrogate-gap guided sharpness-aware minimisation (GSAM, Zhuang et al., ICLR 2022, arXiv 2203.08065, algorithm 1).
 * With g the gradient at theta over S1 and gp the one at the worst point of a ball around theta over S2, {@code gp} is
 * descended, which lowers the loss at the worst point; the part of g orthogonal to it is ascended, which to first order
 * leaves that loss alone and narrows the gap between it and the loss at theta:
 *
 * <pre>{@code
 * g_perp = g - (<g, gp> / ||gp||^2) gp
 * step along gp - alpha g_perp
 * }</pre>
 *
 * @param rho the radius of the ball in parameter space, at least 0
 * @param alpha the weight of the gap, at least 0; 0 is {@link SharpnessAware}, bit for bit
 */
public record SurrogateGap(double rho, double alpha) implements Minimizer {

    @Override
    public Descent descend(ReliableLoss loss, Pass pass, Vector theta) {
        return new SharpnessAware(rho).descend(loss, pass, theta, this::direction);
    }

    /**
     * {@code gp - alpha g_perp}. Where gp is zero, so is the direction: there is no loss to lower then, and without gp
     * the ascent would raise the one at theta.
     *
     * @param gradient g, the gradient at theta: P values
     * @param perturbed gp, the gradient at the worst point: P values
     */
    public Vector direction(Vector gradient, Vector perturbed) {
        // Not 0 * g_perp: that would turn -0 to 0, and infinity to NaN.
        boolean gapCounts = alpha != 0 && hasDirection(perturbed);
        return gapCounts ? perturbed.plus((float) -alpha, orthogonal(gradient, perturbed)) : perturbed;
    }

    /**
     * The part of a gradient that is orthogonal to another one; all of it where that one is zero.
     *
     * @param gradient P values
     * @param other P values
     */
    public static Vector orthogonal(Vector gradient, Vector other) {
        if (!hasDirection(other)) {
            return gradient;
        }
        Vector unit = other.times((float) (1 / other.norm()));
        return gradient.plus((float) -gradient.dot(unit), unit);
    }

    /** Whether one over the norm is a float. */
    private static boolean hasDirection(Vector vector) {
        return vector.norm() >= Float.MIN_NORMAL;
    }
}
