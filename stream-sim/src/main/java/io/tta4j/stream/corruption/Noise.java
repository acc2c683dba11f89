package io.tta4j.stream.corruption;

/** The noises: independent for every value of the image. */
final class Noise {

    private Noise() {}

    /** What becomes of one value in 0..1. */
    @FunctionalInterface
    private interface Change {
        double apply(double value, Draws draws);
    }

    static Distortion gaussian(double deviation) {
        return each((value, draws) -> value + deviation * draws.normal());
    }

    static Distortion speckle(double deviation) {
        return each((value, draws) -> value + value * deviation * draws.normal());
    }

    /** Poisson noise: a value of 1 counts {@code photons} on average. */
    static Distortion shot(double photons) {
        PoissonCounts counts = new PoissonCounts(photons);
        return each((value, draws) -> counts.draw(value, draws.uniform()) / photons);
    }

    /** Salt and pepper: this share of the values becomes 0 or 1, either equally often. */
    static Distortion impulse(double amount) {
        return each((value, draws) -> {
            double draw = draws.uniform();
            return draw >= amount ? value : draw < amount / 2 ? 0 : 1;
        });
    }

    private static Distortion each(Change change) {
        return (image, draws) -> {
            byte[] rgb = image.pixels();
            byte[] out = new byte[rgb.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = Levels.level(change.apply(Levels.unit(rgb[i]), draws));
            }
            return out;
        };
    }
}
