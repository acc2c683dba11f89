package io.tta4j.sar.minimizer;

import io.tta4j.method.State;
import io.tta4j.model.Vector;

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1), in PyTorch's form, with beta_2 = 0.999 and epsilon = 1e-8:
 *
 * <pre>{@code
 * m <- beta_1 m + (1 - beta_1) g            v <- beta_2 v + (1 - beta_2) g^2
 * theta <- theta - eta (m / (1 - beta_1^t)) / (sqrt(v / (1 - beta_2^t)) + epsilon)
 * }</pre>
 *
 * @param learningRate eta
 * @param momentum beta_1
 */
public record Adam(double learningRate, double momentum) implements Optimizer {

    /** The state's vector that holds v: P values. The one that holds m is called as {@link Sgd}'s. */
    public static final String SQUARES = "squares";

    /** The state's scalar that holds t, the steps so far. */
    public static final String STEPS = "steps";

    private static final double DECAY = 0.999;
    private static final double TINY = 1e-8;

    @Override
    public State step(State state, Vector gradient) {
        int size = gradient.size();
        Vector theta = state.theta();
        Vector oldMean = state.vector(Sgd.MOMENTUM, Vector.zeros(size));
        Vector oldSquares = state.vector(SQUARES, Vector.zeros(size));
        double steps = state.scalar(STEPS).orElse(0) + 1;
        double meanScale = 1 - Math.pow(momentum, steps);
        double squareScale = 1 - Math.pow(DECAY, steps);
        float[] mean = new float[size];
        float[] squares = new float[size];
        float[] next = new float[size];
        for (int i = 0; i < size; i++) {
            double g = gradient.get(i);
            mean[i] = (float) (momentum * oldMean.get(i) + (1 - momentum) * g);
            squares[i] = (float) (DECAY * oldSquares.get(i) + (1 - DECAY) * g * g);
            double step = mean[i] / meanScale / (Math.sqrt(squares[i] / squareScale) + TINY);
            next[i] = theta.get(i) + (float) (-learningRate * step);
        }
        return state.with(Sgd.MOMENTUM, Vector.of(mean))
                .with(SQUARES, Vector.of(squares))
                .with(STEPS, steps)
                .withTheta(Vector.of(next));
    }
}
