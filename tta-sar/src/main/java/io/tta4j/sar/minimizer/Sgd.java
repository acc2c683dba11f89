package io.tta4j.sar.minimizer;

import io.tta4j.method.State;
import io.tta4j.model.Vector;

/**
 * Stochastic gradient descent with momentum, in PyTorch's form: {@code v <- mu v + g, theta <- theta - eta v}, where
 * the first v is g.
 *
 * @param learningRate eta
 * @param momentum mu
 */
public record Sgd(double learningRate, double momentum) implements Optimizer {

    /** The state's vector that holds v: P values. */
    public static final String MOMENTUM = "momentum";

    @Override
    public State step(State state, Vector gradient) {
        // mu * 0 + g is g, so a state without momentum needs no case of its own.
        Vector velocity = state.vector(MOMENTUM, Vector.zeros(gradient.size()))
                .times((float) momentum)
                .plus(gradient);
        return state.with(MOMENTUM, velocity).withTheta(state.theta().plus((float) -learningRate, velocity));
    }
}
