package io.tta4j.stream.corruption;

import java.util.SplittableRandom;

/**
 * Random numbers that are the same on every machine: the generator's plain stream and {@link StrictMath} only, as the
 * JDK promises no particular algorithm for its own normal numbers.
 */
final class Draws {

    private final SplittableRandom random;

    Draws(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Uniform in 0 (included) to 1 (excluded). */
    double uniform() {
        return random.nextDouble();
    }

    double uniform(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /** Standard normal, by Box and Muller. */
    double normal() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform()));
        return radius * StrictMath.cos(2 * Math.PI * uniform());
    }
}
