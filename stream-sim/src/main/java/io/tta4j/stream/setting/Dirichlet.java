package io.tta4j.stream.setting;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * The symmetric Dirichlet distribution: random shares that sum to 1. By {@link StrictMath}, so that the same draws give
 * the same shares on every machine.
 *
 * @param concentration positive; the smaller, the nearer to one share of 1
 * @param parts how many shares
 */
record Dirichlet(double concentration, int parts) {

    /** Gamma variates over their sum. */
    double[] draw(SplittableRandom random) {
        double[] logs =
                DoubleStream.generate(() -> logGamma(random)).limit(parts).toArray();
        double largest = DoubleStream.of(logs).max().orElseThrow();
        double[] weights =
                DoubleStream.of(logs).map(log -> StrictMath.exp(log - largest)).toArray();
        double sum = DoubleStream.of(weights).reduce(0, Double::sum);
        return DoubleStream.of(weights).map(weight -> weight / sum).toArray();
    }

    /**
     * The logarithm of a gamma variate whose shape is the concentration (those of small shapes underflow): exponentials
     * for its whole part, and for the rest algorithm GS of Ahrens and Dieter (1974).
     */
    private double logGamma(SplittableRandom random) {
        int whole = (int) concentration;
        double sum = 0;
        for (int i = 0; i < whole; i++) {
            sum -= logUniform(random);
        }
        double rest = concentration - whole;
        if (rest == 0) {
            return StrictMath.log(sum);
        }
        double log = logGammaBelowOne(rest, random);
        return whole == 0 ? log : StrictMath.log(sum + StrictMath.exp(log));
    }

    private static double logGammaBelowOne(double shape, SplittableRandom random) {
        double bound = 1 + shape / Math.E;
        while (true) {
            double p = bound * (1 - random.nextDouble());
            double logAccept = logUniform(random);
            if (p <= 1) {
                double log = StrictMath.log(p) / shape;
                if (logAccept <= -StrictMath.exp(log)) {
                    return log;
                }
            } else {
                double log = StrictMath.log(-StrictMath.log((bound - p) / shape));
                if (logAccept <= (shape - 1) * log) {
                    return log;
                }
            }
        }
    }

    private static double logUniform(SplittableRandom random) {
        return StrictMath.log(1 - random.nextDouble());
    }
}
